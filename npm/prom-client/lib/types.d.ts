// The types for code that was written for prom-client. Its metrics ask nothing of other objects that prom-client's do not:
// a mock needs these members alone. `mpmetrics` has the types with everything.

import type * as own from 'mpmetrics';

export * from 'mpmetrics';

export type Metric<T extends string = string> =
  Counter<T> | Gauge<T> | Histogram<T> | Summary<T> | own.Info<T> | own.Enum<T>;

export class Registry<
  T extends own.RegistryContentType = own.PrometheusContentType,
> extends own.Registry<T> {
  registerMetric<L extends string>(metric: Metric<L>): void;
}

export const register: Registry;

export class Counter<T extends string = string> {
  constructor(configuration: own.CounterConfiguration<T>);
  static getOrCreate<T extends string = string>(
    configuration: own.CounterConfiguration<T>,
  ): own.Counter<T>;
  inc(labels: own.LabelValues<T>, value?: number): void;
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

export class Gauge<T extends string = string> {
  constructor(configuration: own.GaugeConfiguration<T>);
  static getOrCreate<T extends string = string>(
    configuration: own.GaugeConfiguration<T>,
  ): own.Gauge<T>;
  set(labels: own.LabelValues<T>, value: number): void;
  set(value: number): void;
  inc(labels: own.LabelValues<T>, value?: number): void;
  inc(value?: number): void;
  dec(labels: own.LabelValues<T>, value?: number): void;
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

export class Histogram<T extends string = string> {
  constructor(configuration: own.HistogramConfiguration<T>);
  static getOrCreate<T extends string = string>(
    configuration: own.HistogramConfiguration<T>,
  ): own.Histogram<T>;
  observe(value: number): void;
  observe(labels: own.LabelValues<T>, value: number): void;
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

export class Summary<T extends string = string> {
  constructor(configuration: own.SummaryConfiguration<T>);
  static getOrCreate<T extends string = string>(
    configuration: own.SummaryConfiguration<T>,
  ): own.Summary<T>;
  observe(value: number): void;
  observe(labels: own.LabelValues<T>, value: number): void;
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
