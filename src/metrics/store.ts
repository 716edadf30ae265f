// The `store` of newer versions of prom-client, for programs that read it.

import { hashOf, type HashMapEntry } from './hash-map';
import { validateLabels } from '../labels/labels';
import type { LabelSet } from '../labels/label-set';
import { leaveUnwrapped } from '../unwrapped';

/** The metric with the series. */
interface Source {
  readonly labelNames: readonly string[];
  hashMap: Record<string, HashMapEntry>;
  remove(labels: object): void;
}

/** The series that this isolate has used. `remove` and `clear` remove series; only the metric can add some. @internal */
export class Store {
  readonly #metric: Source;

  constructor(metric: Source) {
    this.#metric = metric;
  }

  get size(): number {
    return Object.keys(this.#metric.hashMap).length;
  }

  /** Copies of the recorded values. */
  values(): ArrayIterator<HashMapEntry> {
    return Object.values(this.#metric.hashMap).values();
  }

  entry(labels: LabelSet = {}): HashMapEntry | undefined {
    return this.#metric.hashMap[hashOf(labels)];
  }

  /** The value of a counter or a gauge. */
  get(labels?: LabelSet): number | undefined {
    return this.entry(labels)?.value;
  }

  validate(labels?: LabelSet): true {
    validateLabels(this.#metric.labelNames, labels);
    return true;
  }

  remove(labels: LabelSet = {}): void {
    this.#metric.remove(labels);
  }

  clear(): void {
    this.#metric.hashMap = {};
  }
}

leaveUnwrapped(Store);
