// Metrics for specs. Each has its own registry, so that specs are independent, unless the spec names a registry.

import {
  Counter,
  Gauge,
  Histogram,
  Registry,
  Summary,
  type CounterConfiguration,
  type GaugeConfiguration,
  type HistogramConfiguration,
  type SummaryConfiguration,
} from '../../index';

import { SERIES } from '../../src/registry/contents';

/** One value of a metric as data. */
export interface ReadValue {
  value: number;
  labels: Record<string, unknown>;
  metricName?: string;
}

/** All options except name, help text and registries. */
type Options<Configuration> = Partial<Configuration>;

function options(): { name: string; help: string; registers: Registry[] } {
  return { name: 'metric', help: 'A metric', registers: [new Registry()] };
}

/** A counter in its own registry. */
export function counter<T extends string>(
  given: Options<CounterConfiguration<T>> = {},
): Counter<T> {
  return new Counter<T>({ ...options(), ...given });
}

/** A gauge in its own registry. */
export function gauge<T extends string>(given: Options<GaugeConfiguration<T>> = {}): Gauge<T> {
  return new Gauge<T>({ ...options(), ...given });
}

/** A histogram in its own registry. */
export function histogram<T extends string>(
  given: Options<HistogramConfiguration<T>> = {},
): Histogram<T> {
  return new Histogram<T>({ ...options(), ...given });
}

/** A summary in its own registry. */
export function summary<T extends string>(
  given: Options<SummaryConfiguration<T>> = {},
): Summary<T> {
  return new Summary<T>({ ...options(), ...given });
}

/** A counter in that registry. */
export function counterIn(registry: Registry, name = 'c', labelNames: string[] = []): Counter {
  return new Counter({ name, help: name.toUpperCase(), labelNames, registers: [registry] });
}

/** The inside of a metric. */
export function seriesOf<Inside>(metric: { readonly [SERIES]: Inside }): Inside {
  return metric[SERIES];
}

/** The values of a metric, as data. */
export async function valuesOf(metric: {
  get(): Promise<{ values: unknown[] }>;
}): Promise<ReadValue[]> {
  return (await metric.get()).values as ReadValue[];
}
