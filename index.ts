// The front door: everything that users may import.

// oxlint-disable-next-line import/no-self-import -- the default export is the whole of this module
import type * as Whole from './index';
import { globalRegistry } from './src/registry/registry';
import type { RegistryContentType } from './src/labels/label-set';

export { AggregatorFactory, aggregators } from './src/present/aggregators';
export type { AggregatorFunction, MetricAsJson } from './src/present/aggregators';
export { exponentialBuckets, linearBuckets } from './src/metrics/buckets';
export { AggregatorRegistry, ClusterRegistry, WorkerRegistry } from './src/prom-client/cluster';
export { openMetricsContentType, prometheusContentType } from './src/registry/content-type';
export { Counter } from './src/metrics/counter';
export { collectDefaultMetrics } from './src/default-metrics/collect';
export type {
  DefaultMetricsConfiguration,
  DefaultMetricsCollectorConfiguration,
} from './src/default-metrics/collect';
export { Enum } from './src/metrics/enum';
export { MpmetricsError } from './src/errors';
export type { ScrapeOptions } from './src/registry/read';
export { Gauge } from './src/metrics/gauge';
export { Heap, open } from './src/open';
export type { HeapInfo, HeapWriter, OpenOptions } from './src/open';
export { Histogram } from './src/metrics/histogram';
export { Info } from './src/metrics/info';
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
export { validateMetricName } from './src/labels/labels';
export { Pushgateway } from './src/prom-client/pushgateway';
export type {
  PushgatewayAnswer,
  PushgatewayOptions,
  PushgatewayParameters,
} from './src/prom-client/pushgateway';
export { globalRegistry as register, Registry } from './src/registry/registry';
export { startHttpServer } from './src/server/start';
export type { HttpServerOptions } from './src/server/options';
export type { MetricsServer } from './src/server/start';
export { Summary } from './src/metrics/summary';
export type {
  Aggregator,
  AnyRegistry,
  Charset,
  CollectFunction,
  Collector,
  CounterConfiguration,
  EnumConfiguration,
  GaugeConfiguration,
  HistogramConfiguration,
  IncreaseDataWithExemplar,
  InfoConfiguration,
  InfoValues,
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
  RegistryOptions,
  SummaryConfiguration,
} from './src/labels/label-set';

/**
 * The `Content-Type` of the global registry. Of the CommonJS module it is a property that follows
 * `register.setContentType()`, and that can be set.
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

/** The whole of this module, for those who import it as one thing. */
const whole = (typeof exports === 'object' ? exports : undefined) as typeof Whole;
export default whole;
