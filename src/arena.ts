// Typed arrays over this isolate's cells.

import type { Chunk, NativeHeap } from './native';

/** A word of the arena. @internal */
export interface Location {
  /** The chunk that has the word, as doubles. */
  readonly f64: Float64Array;
  /** The same chunk as halves of words: the lower half of word `i` is at `2 * i`. */
  readonly u32: Uint32Array;
  /** Where in `f64` the word is. */
  readonly base: number;
}

/** The first chunk of an arena. @internal */
export interface FirstChunk {
  /** The place of its first word in the heap. */
  readonly place: number;
  readonly f64: Float64Array;
  readonly u32: Uint32Array;
}

interface View {
  readonly start: number;
  readonly end: number;
  readonly f64: Float64Array;
  readonly u32: Uint32Array;
}

/**
 * The chunks of memory that only this isolate stores to, in one heap.
 *
 * Held strongly: the engine allows one buffer over an address, so the same ones serve from the first cell to the last.
 * @internal
 */
export class Arena {
  readonly #native: NativeHeap;
  #views: View[] = [];

  /** The arena of this isolate in that heap. */
  constructor(native: NativeHeap) {
    this.#native = native;
    this.#map();
  }

  /** Where a place of the heap is in this isolate's arrays. Throws a `RangeError` for one that is not in the arena. */
  locate(place: number): Location {
    const view = this.#find(place) ?? this.#grown(place);
    return { f64: view.f64, u32: view.u32, base: place - view.start };
  }

  /** The first chunk, at the start of which the heap keeps what concerns the writer as a whole. */
  get first(): FirstChunk | undefined {
    const [view] = this.#views;
    return view && { place: view.start, f64: view.f64, u32: view.u32 };
  }

  #find(place: number): View | undefined {
    return this.#views.find((view) => place >= view.start && place < view.end);
  }

  #grown(place: number): View {
    this.#map();
    const view = this.#find(place);
    if (view === undefined) throw new RangeError(`Word ${place} is not in this isolate's arena.`);
    return view;
  }

  /** Takes in the chunks that the arena has gained. */
  #map(): void {
    const chunks = this.#native.chunks();
    for (const chunk of chunks.slice(this.#views.length)) this.#views.push(viewOf(chunk));
  }
}

function viewOf({ place, words, buffer }: Chunk): View {
  return {
    start: place,
    end: place + words,
    f64: new Float64Array(buffer),
    u32: new Uint32Array(buffer),
  };
}
