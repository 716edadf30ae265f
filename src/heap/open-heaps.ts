// The heaps that this isolate has joined, through any copy of this package.

import type { Collectors } from './collectors';
import { heapClass, type NativeHeap } from './native';

/** A heap that this isolate has joined. @internal */
export interface Joined {
  readonly native: NativeHeap;
  readonly collectors: Collectors;
  /** How many attachments hold it open. */
  holders: number;
}

/** By the class of the native objects. Each native binary has its own. */
type HeapsByClass = WeakMap<object, Map<string, Joined>>;
const HEAPS = Symbol.for('mpmetrics.heaps');
const heapsByClass: HeapsByClass = ((globalThis as { [HEAPS]?: HeapsByClass })[HEAPS] ??=
  new WeakMap());

/**
 * The heaps that this isolate has joined. They are kept on `globalThis`, for a second copy of this package or a second
 * evaluation of its files. An isolate is one writer, and each buffer over its arena exists once. Only a copy with
 * another native binary is another writer: the handles of one binary have no meaning in the other.
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
