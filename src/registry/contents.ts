// What registries hold: the metrics of this package, and any others.

import type { ForeignMetric } from '../present/external-metric';
import { collecting } from '../heap/collect-context';
import type { FamilyValues } from '../heap/native';
import type { Registry } from './registry';
import type { LabelSet, MetricObject } from '../labels/label-set';

/** A metric of this package, as a registry knows it. @internal */
export interface Member {
  readonly name: string;
  readonly help: string;
  collect?: MetricObject['collect'] | undefined;
  /** The registry shows it from now on. */
  enter(registry: Registry): void;
  /** The registry no longer shows it. */
  leave(registry: Registry): void;
  /** The registry has other default labels now, or is elsewhere. */
  settle(): void;
  reset(): void;
  /** A text with its lines as they are to be shown in this isolate. */
  relabel(text: string): string;
  /** Of a registry's default labels those that its series can have. */
  defaultsOf(labels: LabelSet): LabelSet;
  /** What was read of it, in prom-client's shape. */
  presentFamily(values: FamilyValues): MetricObject & { values: unknown[] };
}

/** Whatever a registry holds. @internal */
export type Registered = Member | ForeignMetric;

/** What a registry holds, by name. @internal */
export type Contents = Record<string, Registered>;

/**
 * What newer versions of prom-client hold their metrics in is a `Map`, and an object in older ones: this is one to index, and
 * answers as the other.
 */
class MapOfOwn extends Map<string, Registered> {
  override get size(): number {
    return Object.keys(this).length;
  }
  override get(name: string): Registered | undefined {
    return metricIn(this as unknown as Contents, name);
  }
  override has(name: string): boolean {
    return Object.hasOwn(this, name);
  }
  override set(name: string, metric: Registered): this {
    put(this as unknown as Contents, name, metric);
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

/** Adds a metric, which may be called as one of a `Map`'s own names. @internal */
export function put(metrics: Contents, name: string, metric: Registered): void {
  const [enumerable, configurable, writable] = [true, true, true];
  Object.defineProperty(metrics, name, { value: metric, enumerable, configurable, writable });
}

/** Nothing yet, to be indexed by name or asked as a `Map`. @internal */
export function contents(): Contents {
  return new MapOfOwn() as unknown as Contents;
}

/** Whether a metric is one of this package's own. @internal */
export function isMember(metric: unknown): metric is Member {
  return typeof (metric as Partial<Member> | undefined)?.presentFamily === 'function';
}

/** The metrics of this package. @internal */
export function membersIn(metrics: Contents): Member[] {
  return Object.values(metrics).filter(isMember);
}

/** The others. @internal */
export function foreignIn(metrics: Contents): ForeignMetric[] {
  return Object.values(metrics).filter((metric): metric is ForeignMetric => !isMember(metric));
}

/** The metric of that name. @internal */
export function metricIn(metrics: Contents, name: string): Registered | undefined {
  return Object.hasOwn(metrics, name) ? metrics[name] : undefined;
}

/** Runs the `collect` functions. Null when all of them are done. Throws, or rejects with, what they throw. @internal */
export function collectAll(metrics: Contents): Promise<unknown> | null {
  const collected = membersIn(metrics).filter(({ collect }) => collect);
  if (collected.length === 0) return null;
  return collecting(() => {
    const pending: Promise<unknown>[] = [];
    for (const metric of collected) {
      const result: unknown = metric.collect?.();
      if (result instanceof Promise) pending.push(result);
    }
    return pending.length === 0 ? null : Promise.all(pending);
  });
}
