// The result of `labels(…)`: an object that stays with one series.

import type { Cell } from '../cell/kinds';
import type { LabelSet, LabelValues } from '../labels/label-set';
import * as fields from './fields';
import { SERIES } from '../registry/contents';
import type { MetricSeries } from './series';

const VERSION: typeof fields.VERSION = fields.VERSION;

/**
 * A child that stays with its series. It looks for its cell again after the metric has removed or replaced cells.
 * @internal
 */
export abstract class BoundChild<
  T extends string,
  Metric extends fields.UpdateFields<Child> & { readonly [SERIES]: MetricSeries<Child> },
  Child extends Cell<unknown>,
> {
  protected readonly metric: Metric;
  protected readonly given: LabelValues<T>;
  #cell: Child | null = null;
  /** The version of the metric in which `#cell` was found. */
  #version = -1;

  constructor(metric: Metric, given: LabelSet) {
    this.metric = metric;
    this.given = given as LabelValues<T>;
  }

  /** The cell of the series, made if it is missing. Throws for a label that was not declared. */
  protected get cell(): Child {
    if (this.#version === this.metric[VERSION]) return this.#cell as Child;
    return this.#find();
  }

  #find(): Child {
    const { metric, given } = this;
    const cell = metric[SERIES].hold(given);
    this.#cell = cell;
    this.#version = metric[VERSION];
    return cell;
  }
}
