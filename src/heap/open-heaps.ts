// The heaps that this isolate has joined, whichever copy of this package asks.

import type { Collectors } from './collectors';
import { heapClass, type NativeHeap } from './native';

/** A heap that was joined. @internal */
export interface Joined {
  readonly native: NativeHeap;
  readonly collectors: Collectors;
  /** How many hold it open. */
  holders: number;
}

/** By the class of its native side, which each binary has one of. */
type HeapsByClass = WeakMap<object, Map<string, Joined>>;
const HEAPS = Symbol.for('mpmetrics.seats');
const heapsByClass: HeapsByClass = ((globalThis as { [HEAPS]?: HeapsByClass })[HEAPS] ??=
  new WeakMap());

/**
 * The heaps that were joined, kept where a second copy of this package, or a second evaluation of its files, finds them:
 * an isolate is one writer, and each buffer over its arena exists once. Only a copy that has a native binary of its own
 * is another writer: the number that one binary gives a heap means nothing to another, or something else.
 * @internal
 */
export function joinedHeaps(): Map<string, Joined> {
  const key = heapClass();
  const known = heapsByClass.get(key);
  if (known !== undefined) return known;
  const joined = new Map<string, Joined>();
  heapsByClass.set(key, joined);
  return joined;
}
