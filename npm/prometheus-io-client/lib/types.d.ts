// The types for code that was written for @prometheus-io/client. A metric without declared labels has none, and a registry
// may be of either content type. Its metrics ask nothing of other objects that those of the original do not: a mock needs
// these members alone. `mpmetrics` has the types with everything.

import type * as own from 'mpmetrics';

export * from 'mpmetrics';

/** The label names of a metric without labels. */
type None = never;
/** The labels that a metric accepts: none if it has no label names. */
type Given<T extends string> = [T] extends [None] ? never : own.LabelValues<T>;

export type Metric<T extends string = None> =
  Counter<T> | Gauge<T> | Histogram<T> | Summary<T> | own.Info<T> | own.Enum<T>;

export class Registry<
  T extends own.RegistryContentType = own.RegistryContentType,
> extends own.Registry<T> {
  registerMetric<L extends string>(metric: Metric<L>): void;
}

export const register: Registry;

export class Counter<T extends string = None> {
  constructor(configuration: own.CounterConfiguration<T>);
  static getOrCreate<T extends string = string>(
    configuration: own.CounterConfiguration<T>,
  ): own.Counter<T>;
  inc(labels: Given<T>, value?: number): void;
  inc(value?: number): void;
  inc(incData: own.IncreaseDataWithExemplar<T>): void;
  labels(...values: (string | number)[]): Counter.Internal<T>;
  labels(labels: own.LabelValues<T>): Counter.Internal<T>;
  get(): Promise<own.MetricObjectWithValues<own.MetricValue<T>>>;
  reset(): void;
  remove(...values: (string | number)[]): void;
  remove(labels: own.LabelValues<T>): void;
}

export namespace Counter {
  export interface Internal<T extends string = string> {
    inc(value?: number | Omit<own.IncreaseDataWithExemplar<T>, 'labels'>): void;
  }
}

export class Gauge<T extends string = None> {
  constructor(configuration: own.GaugeConfiguration<T>);
  static getOrCreate<T extends string = string>(
    configuration: own.GaugeConfiguration<T>,
  ): own.Gauge<T>;
  set(labels: Given<T>, value: number): void;
  set(value: number): void;
  inc(labels: Given<T>, value?: number): void;
  inc(value?: number): void;
  dec(labels: Given<T>, value?: number): void;
  dec(value?: number): void;
  setToCurrentTime(labels?: own.LabelValues<T>): void;
  startTimer(labels?: own.LabelValues<T>): (labels?: own.LabelValues<T>) => number;
  labels(...values: (string | number)[]): Gauge.Internal<T>;
  labels(labels: own.LabelValues<T>): Gauge.Internal<T>;
  get(): Promise<own.MetricObjectWithValues<own.MetricValue<T>>>;
  reset(): void;
  remove(...values: (string | number)[]): void;
  remove(labels: own.LabelValues<T>): void;
}

export namespace Gauge {
  export interface Internal<T extends string = string> {
    set(value: number): void;
    inc(value?: number): void;
    dec(value?: number): void;
    setToCurrentTime(): void;
    startTimer(): (labels?: own.LabelValues<T>) => number;
  }
}

export class Histogram<T extends string = None> {
  constructor(configuration: own.HistogramConfiguration<T>);
  static getOrCreate<T extends string = string>(
    configuration: own.HistogramConfiguration<T>,
  ): own.Histogram<T>;
  observe(value: number): void;
  observe(labels: Given<T>, value: number): void;
  observe(observeData: own.ObserveDataWithExemplar<T>): void;
  startTimer(
    labels?: own.LabelValues<T>,
    exemplarLabels?: own.LabelValues<T>,
  ): (labels?: own.LabelValues<T>, exemplarLabels?: own.LabelValues<T>) => number;
  zero(labels: own.LabelValues<T>): void;
  labels(...values: (string | number)[]): Histogram.Internal<T>;
  labels(labels: own.LabelValues<T>): Histogram.Internal<T>;
  get(): Promise<own.MetricObjectWithValues<own.MetricValueWithName<T>>>;
  reset(): void;
  remove(...values: (string | number)[]): void;
  remove(labels: own.LabelValues<T>): void;
}

export namespace Histogram {
  export interface Internal<T extends string = string> {
    observe(value: number | Omit<own.ObserveDataWithExemplar<T>, 'labels'>): void;
    startTimer(): (labels?: own.LabelValues<T>) => number;
  }
  export type Config = own.Histogram.Config;
}

export class Summary<T extends string = None> {
  constructor(configuration: own.SummaryConfiguration<T>);
  static getOrCreate<T extends string = string>(
    configuration: own.SummaryConfiguration<T>,
  ): own.Summary<T>;
  observe(value: number): void;
  observe(labels: Given<T>, value: number): void;
  startTimer(labels?: own.LabelValues<T>): (labels?: own.LabelValues<T>) => number;
  labels(...values: (string | number)[]): Summary.Internal<T>;
  labels(labels: own.LabelValues<T>): Summary.Internal<T>;
  get(): Promise<own.MetricObjectWithValues<own.MetricValueWithName<T>>>;
  reset(): void;
  remove(...values: (string | number)[]): void;
  remove(labels: own.LabelValues<T>): void;
}

export namespace Summary {
  export interface Internal<T extends string = string> {
    observe(value: number): void;
    startTimer(): (labels?: own.LabelValues<T>) => number;
  }
  export type Config = own.Summary.Config;
}
