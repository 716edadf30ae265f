// Cells that take exemplars from the active span. Each updates another cell, and looks for a span now and then.

import type { ExemplarFilter } from '../instrument/active-span';
import type { Exemplar } from '../labels/exemplar';
import type { LabelSet } from '../labels/label-set';
import { leaveUnwrapped } from '../unwrapped';
import { ExemplarSampler, ticks } from './exemplar-sampler';
import type { Cell, CounterCell, HeapCell, HistogramCell, Observed } from './kinds';
import { exemplarOf as sizeOf, SPREAD } from './sparse-buckets';

/** The common part: everything but updates goes to the other cell. */
abstract class SampledCell<
  Contribution,
  Inner extends Cell<Contribution>,
> implements Cell<Contribution> {
  protected readonly inner: Inner;
  protected readonly sampler: ExemplarSampler;

  constructor(inner: Inner, filter: ExemplarFilter) {
    this.inner = inner;
    this.sampler = new ExemplarSampler(inner, filter);
  }

  get labels(): LabelSet {
    return this.inner.labels;
  }

  get exemplars(): readonly (Exemplar | undefined)[] | null {
    return this.inner.exemplars ?? null;
  }

  show(): void {
    this.inner.show();
  }

  read(): Contribution | null {
    return this.inner.read();
  }

  merge(contribution: Contribution): void {
    this.inner.merge(contribution);
  }

  parts(): readonly HeapCell<Contribution>[] {
    return this.inner.parts();
  }

  exemplify(exemplar: Exemplar): void {
    this.inner.exemplify?.(exemplar);
  }
}

/** A counter that takes exemplars from the active span. */
export class SampledCounterCell extends SampledCell<number, CounterCell> implements CounterCell {
  /** The tick from which on to look for an exemplar. */
  #next = 0;

  add(value: number): void {
    this.inner.add(value);
    if (this.#next <= ticks.now) this.#next = this.sampler.look(0, value);
  }
}

/** A histogram that takes exemplars from the active span, for each bucket. */
export class SampledHistogramCell
  extends SampledCell<Observed, HistogramCell>
  implements HistogramCell
{
  readonly #last: number;
  readonly #isNative: boolean;
  /** By the tag of each exemplar: the tick from which on to look for it. */
  readonly #next: number[];

  /** @param bounds How many bounds the classic buckets have. */
  constructor(inner: HistogramCell, filter: ExemplarFilter, bounds: number, isNative: boolean) {
    super(inner, filter);
    this.#last = bounds;
    this.#isNative = isNative;
    this.#next = Array.from({ length: bounds + (isNative ? SPREAD : 1) }, () => 0);
  }

  observe(value: number): number {
    const bucket = this.inner.observe(value);
    const tag = this.#isNative && bucket === this.#last ? bucket + sizeOf(value) : bucket;
    if ((this.#next[tag] as number) <= ticks.now) this.#next[tag] = this.sampler.look(tag, value);
    return bucket;
  }
}

leaveUnwrapped(SampledCell);
