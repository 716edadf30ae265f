// What newer versions of prom-client keep a metric's series in, for those who look there.

import { hashOf, type HashMapEntry } from './hash-map';
import { validateLabels } from '../labels/labels';
import type { LabelSet } from '../labels/label-set';
import { leaveUnwrapped } from '../unwrapped';

/** The metric whose series are looked at. */
interface Source {
  readonly labelNames: readonly string[];
  hashMap: Record<string, HashMapEntry>;
  remove(labels: object): void;
}

/** The series that this isolate has used. What is taken out is removed; to put something in is up to the metric. @internal */
export class Store {
  readonly #metric: Source;

  constructor(metric: Source) {
    this.#metric = metric;
  }

  get size(): number {
    return Object.keys(this.#metric.hashMap).length;
  }

  /** Copies of what is recorded. */
  values(): ArrayIterator<HashMapEntry> {
    return Object.values(this.#metric.hashMap).values();
  }

  entry(labels: LabelSet = {}): HashMapEntry | undefined {
    return this.#metric.hashMap[hashOf(labels)];
  }

  /** A counter's or a gauge's value. */
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
