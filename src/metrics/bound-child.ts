// What `labels(…)` of a metric gives: one series, held.

import type { Children } from './children';
import type { Cell } from '../cell/kinds';
import type { LabelSet, LabelValues } from '../labels/label-set';

/** What a held series needs of its metric. @internal */
export interface Parent<Child extends Cell<unknown>> {
  readonly era: number;
  readonly children: Children<Child>;
  make(labels: object): Child;
}

/** A series that somebody holds: it finds its cell again when that was taken away or replaced. @internal */
export abstract class LabelledChild<
  T extends string,
  Metric extends Parent<Child>,
  Child extends Cell<unknown>,
> {
  protected readonly metric: Metric;
  protected readonly given: LabelValues<T>;
  #cell: Child | null = null;
  #era = -1;

  constructor(metric: Metric, given: LabelSet) {
    this.metric = metric;
    this.given = given as LabelValues<T>;
  }

  /** The cell, which is made if there is none. Throws for a label that was not declared. */
  protected get cell(): Child {
    if (this.#cell === null || this.#era !== this.metric.era) this.#cell = this.#find();
    return this.#cell;
  }

  #find(): Child {
    const { metric, given } = this;
    const found = metric.children.hold(given) ?? metric.make(given);
    this.#era = metric.era;
    return found;
  }
}
