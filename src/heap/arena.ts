// Typed arrays over the memory of this isolate's cells.

import { warn } from '../errors';
import { layout, type Binding, type Chunk, type NativeHeap } from './native';

const ENTRY_CELL = layout.entryCell;
const ENTRY_GENERATION = layout.entryGeneration;

/** A word of the arena. @internal */
export interface Location {
  /** The chunk with the word, as doubles. */
  readonly f64: Float64Array;
  /** The same chunk as halves of words: the lower half of word `i` is at `2 * i`. */
  readonly u32: Uint32Array;
  /** The index of the word in `f64`. */
  readonly base: number;
}

/** The first chunk of an arena. @internal */
export interface FirstChunk {
  /** The place of its first word. */
  readonly place: number;
  readonly f64: Float64Array;
  readonly u32: Uint32Array;
}

/** A chunk of the arena. @internal */
export interface View {
  readonly start: number;
  readonly end: number;
  readonly f64: Float64Array;
  readonly u32: Uint32Array;
}

/**
 * The chunks of memory in which only this isolate stores, in one heap.
 *
 * The arena holds its buffers strongly, because the engine allows one buffer for an address.
 * @internal
 */
export class Arena {
  readonly #native: NativeHeap;
  #views: View[] = [];
  #hasWarned = false;

  /** The arena of this isolate in that heap. */
  constructor(native: NativeHeap) {
    this.#native = native;
    this.#map();
  }

  /** The array and index of a place. Null: see `viewOf`. */
  locate(place: number): Location | null {
    const view = this.viewOf(place);
    return view === null ? null : { f64: view.f64, u32: view.u32, base: place - view.start };
  }

  /**
   * The chunk with a place. Null: the place is outside of the arena, so the heap is corrupt, and the user is warned once.
   * Never throws, because updates of the application ask for places.
   */
  viewOf(place: number): View | null {
    const views = this.#views;
    // The newest chunk first, because it is as large as all others together.
    for (let index = views.length - 1; index >= 0; index -= 1) {
      const view = views[index] as View;
      if (place >= view.start && place < view.end) return view;
    }
    return this.#grown(place);
  }

  /**
   * The binding in the directory entry at that place. Its generation is 0 if the binding has ended. Null: the place is
   * outside of the arena.
   */
  bindingAt(entry: number): Binding | null {
    const location = this.locate(entry);
    if (location === null) return null;
    const { u32, base } = location;
    return {
      cell: u32[2 * (base + ENTRY_CELL)] as number,
      generationPlace: entry + ENTRY_GENERATION,
      generation: (u32[2 * (base + ENTRY_GENERATION)] as number) & layout.generations,
    };
  }

  /** Whether the directory entry at that place, 0 if there is none, is bound to that generation. */
  isBound(entry: number, generation: number): boolean {
    if (entry === 0) return false;
    return this.bindingAt(entry)?.generation === generation;
  }

  /** The first chunk, which begins with the words that concern the whole writer. */
  get first(): FirstChunk | undefined {
    const [view] = this.#views;
    return view && { place: view.start, f64: view.f64, u32: view.u32 };
  }

  /** Warns once that numbers of the heap contradict each other. `cause` is the error that was met, if there was one. */
  warnOfDamage(cause?: unknown): void {
    if (this.#hasWarned) return;
    this.#hasWarned = true;
    warn(
      'MPMETRICS_CORRUPT',
      'The heap is corrupt: numbers in it contradict each other. The application goes on, but its page may lack values. ' +
        'Restart all processes of the application.',
      cause,
    );
  }

  #grown(place: number): View | null {
    let cause: unknown;
    try {
      this.#map();
    } catch (error) {
      cause = error;
    }
    const view = this.#views.find(({ start, end }) => place >= start && place < end) ?? null;
    if (view === null) this.warnOfDamage(cause);
    return view;
  }

  /** Maps the chunks that the arena has gained. */
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
