// The front door: every public name.

// oxlint-disable-next-line import/no-self-import -- the default export is the whole of this module
import type * as Whole from './index';
import { globalRegistry } from './src/registry/registry';
import type { RegistryContentType } from './src/registry/content-type';

export { MpmetricsError } from './src/errors';
export type { Labels, LabelValues } from './src/labels/label-set';
export { validateMetricName } from './src/labels/labels';
export type { NameValidation } from './src/labels/labels';
export type {
  Call,
  CallLabels,
  ErrorClass,
  ExceptionFilter,
  InProgressInstrument,
  MethodInstrument,
  TimeInstrument,
  WorkInProgress,
} from './src/instrument/instrument';
export { AggregatorFactory, aggregators } from './src/present/aggregators';
export type { AggregatorFunction, MetricAsJson } from './src/present/aggregators';
export type {
  AccumulatingSeries,
  CounterFamily,
  CounterSeries,
  EnumFamily,
  EnumSeries,
  FamilyBucket,
  FamilyExemplar,
  FamilyHead,
  FamilyQuantile,
  FamilySeries,
  GaugeFamily,
  GaugeSeries,
  HistogramFamily,
  HistogramSeries,
  InfoFamily,
  MetricFamily,
  NativeBuckets,
  SeriesLabels,
  SparseBucket,
  SummaryFamily,
  SummarySeries,
  UnknownFamily,
} from './src/present/metric-family';
export type {
  Aggregator,
  CollectFunction,
  MetricObject,
  MetricObjectWithValues,
  MetricType,
  MetricValue,
  MetricValueWithName,
} from './src/present/metric-object';
export { openMetricsContentType, prometheusContentType } from './src/registry/content-type';
export type {
  Charset,
  OpenMetricsContentType,
  OpenMetricsMIME,
  OpenMetricsVersion,
  PrometheusContentType,
  PrometheusMetricsVersion,
  PrometheusMIME,
  RegistryContentType,
} from './src/registry/content-type';
export type { OpenMetricsOptions, ScrapeOptions } from './src/registry/read';
export { globalRegistry as register, Registry } from './src/registry/registry';
export type { AnyRegistry, RegistryOptions } from './src/registry/registry';
export type { Collector, Metric } from './src/metrics/any-metric';
export { exponentialBuckets, linearBuckets } from './src/metrics/buckets';
export { Counter } from './src/metrics/counter';
export type { CounterConfiguration, IncreaseDataWithExemplar } from './src/metrics/counter';
export { Enum } from './src/metrics/enum';
export type { EnumConfiguration } from './src/metrics/enum';
export { Gauge } from './src/metrics/gauge';
export type { GaugeConfiguration } from './src/metrics/gauge';
export { Histogram } from './src/metrics/histogram';
export type { HistogramConfiguration, ObserveDataWithExemplar } from './src/metrics/histogram';
export type { NativeOptions } from './src/metrics/native';
export { Info } from './src/metrics/info';
export type { InfoConfiguration, InfoValues } from './src/metrics/info';
export type { MetricConfiguration } from './src/metrics/options';
export { Summary } from './src/metrics/summary';
export type { SummaryConfiguration } from './src/metrics/summary';
export { Heap, open } from './src/open';
export type { HeapInfo, HeapWriter, OpenOptions } from './src/open';
export { startHttpServer } from './src/server/start';
export type { AuthenticationOptions } from './src/server/authentication';
export type { HealthOptions } from './src/server/health-options';
export type { HttpServerOptions } from './src/server/options';
export type { TlsOptions } from './src/server/tls';
export type { MetricsServer } from './src/server/start';
export { collectDefaultMetrics } from './src/default-metrics/collect';
export type {
  DefaultMetricsCollectorConfiguration,
  DefaultMetricsConfiguration,
} from './src/default-metrics/collect';
export { AggregatorRegistry, ClusterRegistry, WorkerRegistry } from './src/prom-client/cluster';
export { Pushgateway } from './src/prom-client/pushgateway';
export type {
  PushgatewayAnswer,
  PushgatewayOptions,
  PushgatewayParameters,
} from './src/prom-client/pushgateway';

/**
 * The `Content-Type` of the global registry. In the CommonJS module this property follows `register.setContentType()`,
 * and can be set.
 */
// oxlint-disable-next-line prefer-const -- set below
export let contentType: RegistryContentType = globalRegistry.contentType;

if (typeof exports === 'object') {
  Object.defineProperty(exports, 'contentType', {
    enumerable: true,
    get: () => globalRegistry.contentType,
    set: (wanted: typeof globalRegistry.contentType) => {
      globalRegistry.setContentType(wanted);
    },
  });
}

/** All exports of this module, for a default import. */
const whole = (typeof exports === 'object' ? exports : undefined) as typeof Whole;
export default whole;
