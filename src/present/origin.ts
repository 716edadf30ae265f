// Where data was read: what several processes tell of the values that they share is to be counted once.

import { callNative } from '../heap/native';
import type { Scope } from '../heap/request';

/**
 * What the data of a metric says of the registries that it was read in, where more than one process or thread has values
 * in their heap. Each of them tells the same then, and who adds up what they tell has to know.
 * @internal
 */
export function originOf({ native, registries }: Scope): { origin?: string } {
  const { id, writers } = callNative(() => native.info());
  return writers.length > 1 ? { origin: `${id}:${registries.join()}` } : {};
}

/** The data without what has the same origin: the last of it is the latest. @internal */
export function onceEach<Data extends { origin?: string }>(list: readonly Data[]): Data[] {
  const found = new Map<unknown, Data>();
  // Without an origin, each is one of its own.
  for (const data of list) found.set(data.origin ?? {}, data);
  return [...found.values()];
}
