// The front door: everything that users may import.

// oxlint-disable-next-line import/no-self-import -- the default export is the whole of this module
import type * as Whole from './index';
import { globalRegistry } from './src/registry';
import type { RegistryContentType } from './src/types';

export { AggregatorFactory, aggregators } from './src/aggregators';
export type { AggregatorFunction, MetricAsJson } from './src/aggregators';
export { exponentialBuckets, linearBuckets } from './src/buckets';
export { AggregatorRegistry, ClusterRegistry, WorkerRegistry } from './src/cluster';
export { openMetricsContentType, prometheusContentType } from './src/content-type';
export { Counter } from './src/counter';
export { collectDefaultMetrics } from './src/default-metrics';
export type {
  DefaultMetricsConfiguration,
  DefaultMetricsCollectorConfiguration,
} from './src/default-metrics';
export { Enum } from './src/enum';
export { MpmetricsError } from './src/errors';
export type { ScrapeOptions } from './src/exposition';
export { Gauge } from './src/gauge';
export { Heap, open } from './src/heap';
export type { HeapInfo, HeapWriter, OpenOptions } from './src/heap';
export { Histogram } from './src/histogram';
export { Info } from './src/info';
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
export { Pushgateway } from './src/pushgateway';
export type {
  PushgatewayAnswer,
  PushgatewayOptions,
  PushgatewayParameters,
} from './src/pushgateway';
export { globalRegistry as register, Registry } from './src/registry';
export { startHttpServer } from './src/server';
export type { HttpServerOptions, MetricsServer } from './src/server';
export { Summary } from './src/summary';
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
} from './src/types';

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
