// The heap that data was read from. Several processes return the same shared values, which must be counted once.

import { callNative } from '../heap/native';
import type { Scope } from '../heap/request';

/**
 * The heap and the registries that were read, if more than one process or thread writes there. Each of them would
 * return the same values, and an aggregation must know that.
 * @internal
 */
export function sourceHeapOf({ native, registries }: Scope): { sourceHeap?: string } {
  const { id, writers } = callNative(() => native.info());
  return writers.length > 1 ? { sourceHeap: `${id}:${registries.join()}` } : {};
}

/** Of data from the same heap, keeps only the last. @internal */
export function onceEach<Data extends { sourceHeap?: string }>(list: readonly Data[]): Data[] {
  const found = new Map<unknown, Data>();
  // Data without a shared heap has no equal.
  for (const data of list) found.set(data.sourceHeap ?? {}, data);
  return [...found.values()];
}
