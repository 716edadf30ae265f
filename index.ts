// The front door: everything that users may import.

export { aggregators } from './src/aggregators';
export type { AggregatorFunction, MetricAsJson } from './src/aggregators';
export { exponentialBuckets, linearBuckets } from './src/buckets';
export { openMetricsContentType, prometheusContentType } from './src/content-type';
export { Counter } from './src/counter';
export { collectDefaultMetrics } from './src/default-metrics';
export type {
  DefaultMetricsConfiguration,
  DefaultMetricsCollectorConfiguration,
} from './src/default-metrics';
export { MpmetricsError } from './src/errors';
export { Gauge } from './src/gauge';
export { Heap, open } from './src/heap';
export type { HeapInfo, HeapWriter, OpenOptions } from './src/heap';
export { Histogram } from './src/histogram';
export type {
  Call,
  CallLabels,
  ErrorClass,
  ExceptionFilter,
  InProgressInstrument,
  MethodInstrument,
  TimeInstrument,
  WorkInProgress,
} from './src/instrument';
export { validateMetricName } from './src/labels';
export { contentType, globalRegistry as register, Registry } from './src/registry';
export type { RegistryOptions } from './src/registry';
export type {
  Aggregator,
  AnyRegistry,
  Charset,
  CollectFunction,
  CounterConfiguration,
  GaugeConfiguration,
  HistogramConfiguration,
  IncreaseDataWithExemplar,
  Labels,
  LabelValues,
  Metric,
  MetricConfiguration,
  MetricObject,
  MetricObjectWithValues,
  MetricType,
  MetricValue,
  MetricValueWithName,
  ObserveDataWithExemplar,
  OpenMetricsContentType,
  OpenMetricsMIME,
  OpenMetricsVersion,
  PrometheusContentType,
  PrometheusMetricsVersion,
  PrometheusMIME,
  RegistryContentType,
} from './src/types';
