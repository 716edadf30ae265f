// The origin of data. Several processes return the same shared values, which must be counted once.

import { callNative } from '../heap/native';
import type { Scope } from '../heap/request';

/**
 * The origin of data from those registries, if more than one process or thread writes to their heap. Each of them would
 * return the same values, and an aggregation must know that.
 * @internal
 */
export function originOf({ native, registries }: Scope): { origin?: string } {
  const { id, writers } = callNative(() => native.info());
  return writers.length > 1 ? { origin: `${id}:${registries.join()}` } : {};
}

/** Of data with the same origin, keeps only the last. @internal */
export function onceEach<Data extends { origin?: string }>(list: readonly Data[]): Data[] {
  const found = new Map<unknown, Data>();
  // Data without an origin has no equal.
  for (const data of list) found.set(data.origin ?? {}, data);
  return [...found.values()];
}
