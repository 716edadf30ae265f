// The public side of all metrics: their options, and their registration.

import type { Cell } from '../cell/kinds';
import type { MetricDescriptor } from './descriptor';
import { entryOf, hashOf, type HashMapEntry } from './hash-map';
import type { LabelValues } from '../labels/label-set';
import { registersOf, validateOptions, type MetricConfiguration } from './options';
import { SERIES } from '../registry/contents';
import { isLeftOut } from './policy';
import type { Registry } from '../registry/registry';
import type { Aggregator, MetricObject, MetricType } from '../present/metric-object';
import type { Children } from './children';
import { CHILDREN, UNLABELLED, VERSION } from './fields';
import { MetricSeries } from './series';
import { Store } from './store';

/**
 * The base of all metrics. The exported classes extend it.
 *
 * All fields are set in one order for all options. So all metrics of a class have one hidden class, and updates stay
 * fast with many of them.
 *
 * The public fields are those of prom-client and the options of this package; `hashMap`, `store` and
 * `sortedLabelNames` are prom-client's own. All other fields have symbols for names, so a subclass cannot take them by accident. The symbols are the same in
 * each copy of this package. No field is `#private`, so the types of two copies are compatible.
 */
export abstract class BaseMetric<T extends string, Child extends Cell<unknown>> {
  /** The name. */
  readonly name: string;
  /** The help text. */
  readonly help: string;
  /** The names of the labels. */
  readonly labelNames: readonly T[];
  /** The same in alphabetical order: prom-client's own field. @internal */
  readonly sortedLabelNames: readonly T[];
  /** The registries that the metric was made for. */
  readonly registers: Registry[];
  /** How the values of several processes become one. */
  readonly aggregator: Aggregator;
  /** Whether exemplars are taken. */
  readonly enableExemplars: boolean;
  /** The unit of the values; empty without a unit. */
  readonly unit: string;
  /** After how many seconds without a change series are removed; 0: never. */
  readonly expireAfterSeconds: number;
  /** Runs at each scrape, in any process or thread of the application. */
  collect?: MetricObject['collect'] | undefined;
  /** The kind of metric. */
  readonly type: MetricType;
  /** The series of this isolate. @internal */
  readonly [SERIES]: MetricSeries<Child>;
  /** @internal */
  [UNLABELLED]: Child | null = null;
  /** @internal */
  [CHILDREN]!: Children<Child>;
  /** @internal */
  [VERSION] = 0;

  /**
   * Validates the options, then declares the metric and, if it has no labels, its series. Throws prom-client's errors.
   * A shortage of shared memory throws nothing.
   * @internal
   */
  constructor(configuration: MetricConfiguration<T>, descriptor: MetricDescriptor<Child>) {
    validateOptions(configuration, descriptor.type, descriptor.reserved);
    this.name = configuration.name;
    this.help = configuration.help;
    // A copy, because the caller may change its array.
    this.labelNames = [...(configuration.labelNames ?? [])];
    const sorted = [...this.labelNames];
    sorted.sort();
    this.sortedLabelNames = sorted;
    this.registers = registersOf(configuration);
    this.aggregator = configuration.aggregator ?? 'sum';
    this.enableExemplars = configuration.enableExemplars ?? false;
    this.unit = `${configuration.unit ?? ''}`;
    this.expireAfterSeconds = configuration.expireAfterSeconds ?? 0;
    // As in prom-client, any falsy value means that there is none.
    this.collect = (!isLeftOut(this.name) && configuration.collect) || undefined;
    this.type = descriptor.type;
    this[SERIES] = new MetricSeries(this, descriptor, configuration.labelValues);
    this[SERIES].join();
    // Unknown options are kept, as in prom-client.
    for (const [option, value] of Object.entries(configuration)) {
      if (!(option in this)) Object.assign(this, { [option]: value });
    }
  }

  /** A copy of the series that this isolate has used, in prom-client's form. @internal */
  get hashMap(): Record<string, HashMapEntry> {
    const { bounds = [] } = this[SERIES].descriptor;
    const entries = this[SERIES].localSamples().map((sample) => [
      hashOf(sample.labels),
      entryOf(this, sample.labels, sample, bounds),
    ]);
    return Object.fromEntries(entries) as Record<string, HashMapEntry>;
  }

  /** prom-client's programs empty a metric by assigning an empty object. Any other object changes nothing. @internal */
  set hashMap(entries: object) {
    if (Object.keys(entries).length > 0) return;
    for (const { labels } of this[SERIES].children.values()) this.remove(labels as LabelValues<T>);
  }

  /** As `hashMap`, in the form of newer versions of prom-client. @internal */
  get store(): Store {
    return new Store(this);
  }

  /** Removes a series. */
  abstract remove(labels: LabelValues<T>): void;
}
