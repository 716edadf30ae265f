// The classic buckets of a histogram: which of them counts a value.

/** The bits of a double's upper half behind its sign, its exponent, and the first bit of its fraction. */
const LOWER_BITS = 19;

const number = new Float64Array(1);
/** The same number as halves, of which the upper one has the sign of the number. */
const halves = new Int32Array(number.buffer);

/**
 * The bounds of a histogram, and the way from a value to its bucket.
 *
 * Two steps lie between neighbouring powers of two. A small table has the first bucket for the values of each step. Usual
 * bounds are so far apart that one comparison is left. That comparison is a sum instead of a branch, since a processor
 * would guess a branch wrongly for many values.
 * @internal
 */
export class ClassicBuckets {
  /** How many bounds there are, which is also the number of the bucket `+Inf`. */
  readonly length: number;
  /** The upper bounds, ascending, and infinity twice: NaN is not below the first one. */
  readonly bounds: Float64Array;
  /** The first bucket for each step. The first entry is for all steps up to `least`, and the last one for all greater steps. */
  readonly firsts: Int32Array;
  readonly least: number;
  /** The index of the last entry. */
  readonly last: number;

  /** @param bounds The upper bounds without `+Inf`, ascending. */
  constructor(bounds: readonly number[]) {
    this.length = bounds.length;
    this.bounds = Float64Array.from([...bounds, Infinity, Infinity]);
    const steps = bounds.map(stepOf);
    this.least = Math.max(steps.find((step) => step > 0) ?? 0, 1) - 1;
    this.last = Math.max((steps.at(-1) ?? 0) - this.least, 0) + 1;
    this.firsts = new Int32Array(this.last + 1);
    for (const [bucket, step] of steps.entries()) {
      this.firsts.fill(bucket + 1, Math.max(step - this.least, 0) + 1);
    }
  }

  /** The number of the first bucket whose bound is not below the value. NaN is in the bucket `+Inf`. */
  of(value: number): number {
    const { bounds, firsts, last } = this;
    const entry = stepOf(value) - this.least;
    const first = firsts[entry < 0 ? 0 : entry > last ? last : entry] as number;
    const bucket = first + Number(!(value <= (bounds[first] as number)));
    return value <= (bounds[bucket] as number) ? bucket : bucketAfter(bucket, this, value);
  }
}

/** The step of a number. Negative numbers, and those next to zero, have no step above 0. */
function stepOf(value: number): number {
  number[0] = value;
  return (halves[1] as number) >> LOWER_BITS;
}

/** The bucket of a value that is above the bound of that bucket, or NaN. */
function bucketAfter(bucket: number, { bounds, length }: ClassicBuckets, value: number): number {
  let low = bucket + 1;
  let high = length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (value <= (bounds[middle] as number)) high = middle;
    else low = middle + 1;
  }
  return high;
}
