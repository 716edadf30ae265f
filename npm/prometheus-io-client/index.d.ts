// The types for code that was written for @prometheus-io/client. A metric without declared labels has none, and a
// registry may be of either content type. A class that is declared here hides the namespace of its name, too.

import type * as own from 'mpmetrics';

export * from 'mpmetrics';
export { default } from 'mpmetrics';

/** The label names of a metric without labels. */
type None = never;
/** The labels that a metric accepts: none if it has no label names. */
type Given<T extends string> = [T] extends [None] ? never : own.LabelValues<T>;

export type Metric<T extends string = None> = own.Metric<T>;

export class Registry<
  T extends own.RegistryContentType = own.RegistryContentType,
> extends own.Registry<T> {}

export class Counter<T extends string = None> extends own.Counter<T> {
  inc(labels: Given<T>, value?: number): void;
  inc(value?: number): void;
  inc(incData: own.IncreaseDataWithExemplar<T>): void;
}

export namespace Counter {
  export type Internal<T extends string = string> = own.Counter.Internal<T>;
}

export class Gauge<T extends string = None> extends own.Gauge<T> {
  set(labels: Given<T>, value: number): void;
  set(value: number): void;
  inc(labels: Given<T>, value?: number): void;
  inc(value?: number): void;
  dec(labels: Given<T>, value?: number): void;
  dec(value?: number): void;
}

export namespace Gauge {
  export type Internal<T extends string = string> = own.Gauge.Internal<T>;
}

export class Histogram<T extends string = None> extends own.Histogram<T> {
  observe(labels: Given<T>, value: number): void;
  observe(value: number): void;
  observe(observeData: own.ObserveDataWithExemplar<T>): void;
}

export namespace Histogram {
  export type Internal<T extends string = string> = own.Histogram.Internal<T>;
  export type Config = own.Histogram.Config;
}

export class Summary<T extends string = None> extends own.Summary<T> {
  observe(labels: Given<T>, value: number): void;
  observe(value: number): void;
}

export namespace Summary {
  export type Internal<T extends string = string> = own.Summary.Internal<T>;
  export type Config = own.Summary.Config;
}
