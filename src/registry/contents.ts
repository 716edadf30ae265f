// The metrics of a registry: those of this package, and external ones.

import type { ExternalMetric } from '../present/external-metric';
import { collecting, isThenable } from '../heap/request';
import type { FamilyValues } from '../heap/native';
import type { LabelSet } from '../labels/label-set';
import type { MetricObject } from '../present/metric-object';
import type { RegistryLocation } from './location';

/** The key of a metric's series, the same in each copy of this package. @internal */
export const SERIES: unique symbol = Symbol.for('mpmetrics.series');

/** A metric of this package, in the form that registries need. @internal */
export interface OwnMetric {
  readonly name: string;
  readonly help: string;
  collect?: MetricObject['collect'] | undefined;
  reset(): void;
  readonly [SERIES]: OwnSeries;
}

/** The metric's series in this isolate, in the form that registries need. @internal */
export interface OwnSeries {
  /** The registry at that location shows the metric from now on. */
  enter(location: RegistryLocation): void;
  /** The registry at that location no longer shows the metric. */
  leave(location: RegistryLocation): void;
  /** A registry has other default labels, or has moved. */
  relocate(): void;
  /** The default labels of a registry, without a label that the series have for themselves. */
  defaultsOf(labels: LabelSet): LabelSet;
  /** Values that were read for the metric, in prom-client's form. */
  presentFamily(values: FamilyValues): MetricObject & { values: unknown[] };
}

/** Any metric that a registry holds. @internal */
export type Registered = OwnMetric | ExternalMetric;

/** Metrics by name. @internal */
export type MetricsByName = Record<string, Registered>;

/**
 * Newer versions of prom-client hold their metrics in a `Map`, older ones in an object. This class serves both kinds of
 * access.
 */
class IndexedMap extends Map<string, Registered> {
  override get size(): number {
    return Object.keys(this).length;
  }
  override get(name: string): Registered | undefined {
    return metricIn(this as unknown as MetricsByName, name);
  }
  override has(name: string): boolean {
    return Object.hasOwn(this, name);
  }
  override set(name: string, metric: Registered): this {
    put(this as unknown as MetricsByName, name, metric);
    return this;
  }
  override delete(name: string): boolean {
    return this.has(name) && Reflect.deleteProperty(this, name);
  }
  override clear(): void {
    for (const name of Object.keys(this)) this.delete(name);
  }
  override *keys(): MapIterator<string> {
    yield* Object.keys(this);
  }
  override *values(): MapIterator<Registered> {
    yield* Object.values(this);
  }
  override *entries(): MapIterator<[string, Registered]> {
    yield* Object.entries(this);
  }
  override [Symbol.iterator](): MapIterator<[string, Registered]> {
    return this.entries();
  }
  override forEach(
    act: (metric: Registered, name: string, all: Map<string, Registered>) => void,
  ): void {
    for (const [name, metric] of this.entries()) act(metric, name, this);
  }
}

/** The metrics that this isolate has registered in one registry. @internal */
export class MetricSet {
  /** By name. The name of a metric may be that of a `Map` method, so this class calls no methods on it. */
  readonly byName = new IndexedMap() as unknown as MetricsByName;

  /** An empty set. Its metrics follow the registry. */
  constructor(location: RegistryLocation) {
    location.onMoved = () => this.relocate();
  }

  /** The metric of that name. */
  get(name: string): Registered | undefined {
    return metricIn(this.byName, name);
  }

  /** Adds a metric under its name. */
  set(name: string, metric: Registered): void {
    put(this.byName, name, metric);
  }

  /** Removes the metric of that name. */
  delete(name: string): void {
    delete this.byName[name];
  }

  /** All metrics, in the order in which they were registered. */
  all(): Registered[] {
    return Object.values(this.byName);
  }

  /** The metrics of this package. */
  own(): OwnMetric[] {
    return this.all().filter(isOwn);
  }

  /** Calls `ask` for each external metric. Like `collect` functions, external metrics may read other metrics. */
  async external<Answer>(ask: (metric: ExternalMetric) => Promise<Answer>): Promise<Answer[]> {
    const external = externalIn(this.byName);
    return external.length === 0 ? [] : collecting(async () => Promise.all(external.map(ask)));
  }

  /** Moves the metrics' values to the registry's present location and default labels. */
  relocate(): void {
    for (const metric of this.own()) metric[SERIES].relocate();
  }

  /** Runs the `collect` functions. Null if all of them have finished. Throws or rejects with their errors. */
  collect(): Promise<unknown> | null {
    const collected = this.own().filter(({ collect }) => collect);
    if (collected.length === 0) return null;
    return collecting(() => {
      const pending = collected
        .map((metric): unknown => metric.collect?.())
        .filter((result) => isThenable(result));
      return pending.length === 0 ? null : Promise.all(pending);
    });
  }
}

/** Whether a metric is of this package. @internal */
export function isOwn(metric: unknown): metric is OwnMetric {
  return (metric as Partial<OwnMetric> | null | undefined)?.[SERIES] !== undefined;
}

/** The metrics that are not of this package. @internal */
export function externalIn(metrics: MetricsByName): ExternalMetric[] {
  return Object.values(metrics).filter((metric): metric is ExternalMetric => !isOwn(metric));
}

function put(metrics: MetricsByName, name: string, metric: Registered): void {
  const [enumerable, configurable, writable] = [true, true, true];
  Object.defineProperty(metrics, name, { value: metric, enumerable, configurable, writable });
}

function metricIn(metrics: MetricsByName, name: string): Registered | undefined {
  return Object.hasOwn(metrics, name) ? metrics[name] : undefined;
}
