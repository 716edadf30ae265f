// The exemplars of a cell in the direct tier, one for each bucket.

import type { Exemplar } from '../labels/exemplar';
import { exemplarPlace, layout } from '../heap/native';
import { RetryBackoff } from '../heap/retry';
import type { Family } from '../heap/family';
import { ExemplarText, TOO_LONG } from './exemplar-text';

const SEQUENCE = layout.exemplarSequence;
const BUFFERS = layout.exemplarBuffers;
const BUFFER_WORDS = layout.exemplarBufferWords;
const VALUE = layout.exemplarValue;
const TIMESTAMP = layout.exemplarTimestamp;
const LENGTH = layout.exemplarLength;
const TEXT = layout.exemplarText;
const TEXT_WORDS = layout.exemplarTextWords;

/** The parts of a cell that its exemplars need. */
interface BoundCell {
  readonly family: Family;
  readonly handle: number;
  readonly cell: number;
  readonly generationPlace: number;
  readonly generation: number;
}

/** The memory for the exemplar of one bucket. */
interface ExemplarMemory {
  readonly f64: Float64Array;
  readonly u32: Uint32Array;
  /** The index of the sequence number in `u32`. */
  readonly sequence: number;
  /** The index of the two buffers in `f64`. */
  readonly buffers: number;
  /** The text of each buffer. */
  readonly texts: readonly ExemplarText[];
}

/**
 * The exemplars of one cell, for as long as it is bound.
 *
 * Each exemplar has two buffers. The lowest bit of the sequence number is the index of the newest buffer. The writer
 * fills the other buffer and then adds 1. So a reader that finds the same number before and after has a whole exemplar,
 * and a death in between leaves the old one.
 */
export class DirectExemplars {
  readonly #cell: BoundCell;
  readonly #memories: (ExemplarMemory | undefined)[] = [];
  /** Decides when to try again, while there is no room. */
  #backoff: RetryBackoff | null = null;

  constructor(cell: BoundCell) {
    this.#cell = cell;
  }

  /** Stores the newest exemplar of a bucket. Without room nothing is stored. */
  store(bucket: number, { labelSet, value, timestamp }: Exemplar): void {
    const memory = this.#memories[bucket] ?? this.#find(bucket);
    if (memory === null) return;
    const { f64, u32, sequence, buffers, texts } = memory;
    const next = (u32[sequence] as number) + 1;
    const buffer = buffers + (next & 1) * BUFFER_WORDS;
    const length = (texts[next & 1] as ExemplarText).write(labelSet);
    // An old exemplar is better than half a text. Labels of the greatest permitted length fit.
    if (length === TOO_LONG) return;
    f64[buffer + VALUE] = value;
    f64[buffer + TIMESTAMP] = timestamp;
    f64[buffer + LENGTH] = length;
    // Stored last: from here on the new exemplar counts.
    u32[sequence] = next;
  }

  #find(bucket: number): ExemplarMemory | null {
    if (this.#backoff?.isOver() === false) return null;
    const { handle, cell, generationPlace, generation, family } = this.#cell;
    const found = exemplarPlace(handle, cell, generationPlace, generation, bucket);
    const location = found === 0 ? null : family.attachment.locate(found);
    this.#backoff = location === null ? new RetryBackoff(family.attachment) : null;
    if (location === null) return null;
    const { f64, u32, base } = location;
    const buffers = base + BUFFERS;
    const texts = [0, 1].map((half) => {
      const text = buffers + half * BUFFER_WORDS + TEXT;
      const bytes = f64.subarray(text, text + TEXT_WORDS);
      return new ExemplarText(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength));
    });
    const memory = { f64, u32, sequence: 2 * (base + SEQUENCE), buffers, texts };
    while (this.#memories.length < bucket) this.#memories.push(undefined);
    this.#memories[bucket] = memory;
    return memory;
  }
}
