// The cells of native histograms: histograms with sparse buckets, which belong to the same redo record.

import type { Location } from '../heap/arena';
import type { Exemplar } from '../labels/exemplar';
import type { Attachment } from '../heap/attachment';
import { layout, nativeAdd, nativeCoarsen, nativeObserve, nativeRepair } from '../heap/native';
import type { ClassicBuckets } from './classic-buckets';
import { DirectHistogramCell, NativeHistogramCell, observedAt } from './histogram-cell';
import type { Observed, Sparse } from './kinds';
import { exemplarOf, keyOf, stepsOf } from './sparse-buckets';
import { partsOf, type Part, type SparseHistogramCell } from './sparse-contribution';

const INTENT_BUCKET = layout.histogramIntentBucket;
const INTENT_COUNT = layout.histogramIntentCount;
const INTENT_SUM = layout.histogramIntentSum;
const SUM = layout.histogramSum;
const BUCKETS = layout.histogramBuckets;
const TABLE = layout.nativeTable;
const INTENT_WORD = layout.nativeIntentWord;
const INTENT_VALUE = layout.nativeIntentValue;
const CAPACITY = layout.nativeCapacity;
const SCHEMA = layout.nativeSchema;
const ZERO_THRESHOLD = layout.nativeZeroThreshold;
const NAN = layout.nativeNan;
const ZERO = layout.nativeZero;
const ENTRIES = layout.nativeEntries;
const KEY = layout.nativeKey;
const COUNT = layout.nativeCount;
const ENTRY_WORDS = layout.nativeEntryWords;
const MULTIPLIER = layout.nativeMultiplier;

/** The core allows no more buckets than three quarters of the greatest capacity. */
const MOST_CAPACITY = (layout.nativeMaxBuckets * 4) / 3;

/** No word of the table counts the value yet. */
const NONE = 0;
/** No place of a table: the next update looks for it. */
const UNKNOWN = -1;
/** Halves of words between the keys of two entries. */
const HALVES = 2 * ENTRY_WORDS;
/** The word with the count of the first entry. */
const FIRST_COUNT = ENTRIES + COUNT;
const LEAST_CAPACITY = 2;
/** The words of a cell without a table, which has no keys, and no value is in its zero bucket. */
const noTable: Location = {
  f64: new Float64Array(ENTRIES + LEAST_CAPACITY * ENTRY_WORDS),
  u32: new Uint32Array(2 * (ENTRIES + LEAST_CAPACITY * ENTRY_WORDS)),
  base: 0,
};
const NOTHING_IS_ZERO = -1;

/** A native histogram in a heap, updated by stores. Only a value that needs a new bucket calls the binding. */
export class DirectSparseHistogramCell extends DirectHistogramCell {
  /** The index in `f64` of the words behind the last classic bucket, and the index in `u32` of the table's place. */
  native = 0;
  tableIndex = 0;
  /** The table: its place, its chunk, and its index in that chunk. */
  table = UNKNOWN;
  tableF64 = noTable.f64;
  tableU32 = noTable.u32;
  tableBase = noTable.base;
  /** The index in `tableU32` of the key of the first entry. */
  firstKey = 0;
  /** The index of the table, from values to words. */
  shift = 0;
  steps = 0;
  zeroThreshold = NOTHING_IS_ZERO;

  /** Without a branch that comes back: after one, the engine would load and check everything again. */
  override observe(value: number): number {
    const { u32 } = this;
    const isReady =
      this.generations[this.generationIndex] === this.generation &&
      u32[this.tableIndex] === this.table &&
      ((u32[this.sequence] as number) & 1) === 0;
    return isReady ? this.count(value) : this.observeAfterChange(value);
  }

  /** As `observe`, after the series, the table, or an update that was interrupted. */
  observeAfterChange(value: number): number {
    if (this.generations[this.generationIndex] !== this.generation && !this.attend()) {
      return this.keeper().observe(value);
    }
    if (this.u32[this.tableIndex] !== this.table) this.follow();
    if (((this.u32[this.sequence] as number) & 1) !== 0) this.repair();
    return this.count(value);
  }

  /**
   * One update, with one word more than `add` of a histogram, which explains the order. The stores stand here instead of in
   * a method, since the engine inlines only so much code.
   */
  count(value: number): number {
    const bucket = this.buckets.of(value);
    const counter = this.wordOf(value);
    if (counter === NONE) return this.addNew(bucket, value);
    const { f64, u32, word, native, tableF64, sequence } = this;
    const even = u32[sequence] as number;
    const at = this.tableBase + counter;
    const count = (f64[word + BUCKETS + bucket] as number) + 1;
    const total = (f64[word + SUM] as number) + value;
    const sparse = (tableF64[at] as number) + 1;
    f64[word + INTENT_BUCKET] = bucket;
    f64[word + INTENT_COUNT] = count;
    f64[word + INTENT_SUM] = total;
    f64[native + INTENT_WORD] = counter;
    f64[native + INTENT_VALUE] = sparse;
    u32[sequence] = even + 1;
    f64[word + BUCKETS + bucket] = count;
    f64[word + SUM] = total;
    tableF64[at] = sparse;
    u32[sequence] = even + 2;
    return bucket;
  }

  /** Counts a value that needs a new bucket. This may start the series from zero. */
  addNew(bucket: number, value: number): number {
    addPart(this, { bucket, count: 1, sum: value, value });
    return bucket;
  }

  /** The word of the table that counts a value, or `NONE`. NaN is rare enough for the binding. */
  wordOf(value: number): number {
    if (Math.abs(value) <= this.zeroThreshold) return ZERO;
    const key = keyOf(value, this.steps);
    const entry = (Math.imul(key, MULTIPLIER) >>> this.shift) | 0;
    const found = this.tableU32[this.firstKey + HALVES * entry];
    return found === key ? FIRST_COUNT + ENTRY_WORDS * entry : this.search(key, entry);
  }

  /** The word of the entry with that key, which may be behind its place. */
  search(key: number, place: number): number {
    const keys = this.tableU32;
    const mask = (-1 >>> this.shift) | 0;
    let entry = place;
    for (let tries = 0; tries <= mask; tries += 1) {
      const found = keys[this.firstKey + HALVES * entry];
      if (found === key) return FIRST_COUNT + ENTRY_WORDS * entry;
      if (found === 0) return NONE;
      entry = (entry + 1) & mask;
    }
    return NONE;
  }

  /** Follows the cell to its present table. */
  follow(): void {
    const place = this.u32[this.tableIndex] as number;
    const location = place === 0 ? null : this.family.attachment.locate(place);
    const capacity = location === null ? 0 : capacityAt(location, this.family.attachment);
    const isThere = location !== null && capacity !== 0;
    const { f64, u32, base } = isThere ? location : noTable;
    this.table = place;
    this.tableF64 = f64;
    this.tableU32 = u32;
    this.tableBase = base;
    this.firstKey = 2 * (base + ENTRIES + KEY);
    this.shift = Math.clz32(isThere ? capacity : LEAST_CAPACITY) + 1;
    this.steps = stepsOf(f64[base + SCHEMA] as number);
    this.zeroThreshold = isThere ? (f64[base + ZERO_THRESHOLD] as number) : NOTHING_IS_ZERO;
  }

  addPart(part: Part): void {
    addPart(this, part);
  }

  override repair(): void {
    nativeRepair(this.handle, this.cell, this.generationPlace, this.generation);
  }

  protected override pointTo(location: Location): void {
    super.pointTo(location);
    this.native = endOf(location.base, this.buckets);
    this.tableIndex = 2 * (this.native + TABLE);
    this.table = UNKNOWN;
  }

  override exemplify(exemplar: Exemplar): void {
    const bucket = this.buckets.of(exemplar.value);
    this.exemplifyAt(bucket, exemplar, tagOf(bucket, this.buckets, exemplar.value));
  }

  protected override readAt(location: Location): Observed {
    this.repair();
    return sparselyObservedAt(location, this.buckets, this.family.attachment);
  }

  override merge(contribution: Observed): void {
    if (this.generations[this.generationIndex] !== this.generation && !this.attend()) {
      this.keeper().merge(contribution);
      return;
    }
    mergeInto(this, contribution);
  }
}

/** A native histogram in a heap, updated by the binding. */
export class NativeSparseHistogramCell extends NativeHistogramCell {
  override observe(value: number): number {
    const bucket = this.buckets.of(value);
    const { handle, cell, generationPlace, generation } = this;
    if (cell !== 0 && nativeObserve(handle, cell, generationPlace, generation, bucket, value)) {
      return bucket;
    }
    this.addPart({ bucket, count: 1, sum: value, value });
    return bucket;
  }

  addPart(part: Part): void {
    addPart(this, part);
  }

  override exemplify(exemplar: Exemplar): void {
    const bucket = this.buckets.of(exemplar.value);
    this.exemplifyAt(bucket, exemplar, tagOf(bucket, this.buckets, exemplar.value));
  }

  protected override readAt(location: Location): Observed {
    nativeRepair(this.handle, this.cell, this.generationPlace, this.generation);
    return sparselyObservedAt(location, this.buckets, this.family.attachment);
  }

  override merge(contribution: Observed): void {
    if (this.cell === 0 && !this.attend()) this.keeper().merge(contribution);
    else mergeInto(this, contribution);
  }
}

/** The index of the words behind the last classic bucket. */
function endOf(base: number, { length }: ClassicBuckets): number {
  return base + BUCKETS + length + 1;
}

/** The exemplars of the last bucket have several tags, so that values of different sizes keep theirs. */
function tagOf(bucket: number, { length }: ClassicBuckets, value: number): number {
  return bucket < length ? bucket : bucket + exemplarOf(value);
}

/**
 * Counts the observations of a part. Without memory for their bucket, the overflow series counts them: it has the memory for
 * all of its buckets.
 */
function addPart(cell: DirectSparseHistogramCell | NativeSparseHistogramCell, part: Part): void {
  if (isAdded(cell, part) || (cell.attend() && isAdded(cell, part))) return;
  if (cell.cell !== 0) cell.lose();
  (cell.keeper() as SparseHistogramCell).addPart(part);
}

function isAdded(
  cell: DirectSparseHistogramCell | NativeSparseHistogramCell,
  { bucket, count, sum, value }: Part,
): boolean {
  const { handle, cell: place, generationPlace, generation } = cell;
  return (
    place !== 0 && nativeAdd(handle, place, generationPlace, generation, bucket, count, sum, value)
  );
}

/** Adds a contribution in steps. Each step counts equally many values in a classic bucket and in a sparse one. */
function mergeInto(
  cell: DirectSparseHistogramCell | NativeSparseHistogramCell,
  contribution: Observed,
): void {
  const { handle, cell: place, generationPlace, generation } = cell;
  const { sparse } = contribution;
  if (sparse !== undefined) {
    const { schema, zeroThreshold } = sparse;
    nativeCoarsen(handle, place, generationPlace, generation, schema, zeroThreshold);
  }
  for (const part of partsOf(contribution)) cell.addPart(part);
}

function sparselyObservedAt(
  location: Location,
  buckets: ClassicBuckets,
  attachment: Attachment,
): Observed {
  const observed = observedAt(location, buckets);
  const place = location.u32[2 * (endOf(location.base, buckets) + TABLE)] as number;
  const table = place === 0 ? null : attachment.locate(place);
  const capacity = table === null ? 0 : capacityAt(table, attachment);
  return table === null || capacity === 0
    ? observed
    : { ...observed, sparse: sparseAt(table, capacity) };
}

/** The capacity of a table, in entries. 0: the heap is corrupt, since no table has the capacity that stands there. */
function capacityAt({ u32, base }: Location, attachment: Attachment): number {
  const capacity = u32[2 * (base + CAPACITY)] ?? 0;
  const end = 2 * (base + ENTRIES + capacity * ENTRY_WORDS);
  const isPower = capacity > 1 && (capacity & (capacity - 1)) === 0;
  if (isPower && capacity <= MOST_CAPACITY && end <= u32.length) return capacity;
  attachment.arena?.warnOfDamage();
  return 0;
}

function sparseAt({ f64, u32, base }: Location, capacity: number): Sparse {
  const buckets: [number, number][] = [];
  for (let entry = 0; entry < capacity; entry += 1) {
    const word = base + ENTRIES + entry * ENTRY_WORDS;
    const key = u32[2 * (word + KEY)] as number;
    const count = f64[word + COUNT] as number;
    if (count > 0) buckets.push([key, count]);
  }
  return {
    schema: f64[base + SCHEMA] as number,
    zeroThreshold: f64[base + ZERO_THRESHOLD] as number,
    zero: f64[base + ZERO] as number,
    nan: f64[base + NAN] as number,
    buckets,
  };
}
