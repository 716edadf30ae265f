// What registries hold: the metrics of this package, and any others.

import type { ForeignMetric } from './foreign';
import type { FamilyValues } from './native';
import type { Registry } from './registry';
import type { MetricObject } from './types';

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
  /** What was read of it, in prom-client's shape. */
  presentFamily(values: FamilyValues): MetricObject & { values: unknown[] };
}

/** Whatever a registry holds. @internal */
export type Registered = Member | ForeignMetric;

/** What a registry holds, by name. @internal */
export type Contents = Record<string, Registered>;

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
  const pending: Promise<unknown>[] = [];
  for (const metric of Object.values(metrics)) {
    const result: unknown = isMember(metric) ? metric.collect?.() : undefined;
    if (result instanceof Promise) pending.push(result);
  }
  return pending.length === 0 ? null : Promise.all(pending);
}
