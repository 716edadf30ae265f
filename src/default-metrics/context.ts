// The context of one call of `collectDefaultMetrics`: registry, prefix, labels, and the thread that reports for the
// process.

import { Counter } from '../metrics/counter';
import { coded } from '../errors';
import { SERIES } from '../registry/contents';
import { Gauge } from '../metrics/gauge';
import { Histogram } from '../metrics/histogram';
import { isLeftOut } from '../metrics/policy';
import { globalRegistry, type Registry } from '../registry/registry';
import { Summary } from '../metrics/summary';
import type { Aggregator } from '../present/metric-object';
import type { AnyRegistry } from '../registry/registry';
import { ProcessReporter } from './process-reporter';

/** The options of `collectDefaultMetrics`. */
export interface DefaultMetricsConfiguration {
  /** The registry that shows the metrics. Default: the global one. */
  register?: AnyRegistry;
  /** The prefix of all names. Default: none. */
  prefix?: string;
  /** Labels of all metrics. Default: none. */
  labels?: object;
  /** The upper bounds of `nodejs_gc_duration_seconds`, in seconds. Default: .001 .01 .1 1 2 5. */
  gcDurationBuckets?: number[];
  /** How often the delay of the event loop is sampled, in milliseconds. Default: 10. */
  eventLoopMonitoringPrecision?: number;
  /**
   * Whether each process has its own series of each gauge, with the label `pid`, instead of one for the whole
   * application. Counters and histograms stay common, because their series would outlive the processes. Default: false.
   */
  perProcess?: boolean;
  /** Whether CPU counters carry the active OpenTelemetry span as an exemplar. Default: false. */
  enableExemplars?: boolean;
  /** Whether to make `nodejs_eventloop_utilization_*`. Default: true if any of the options below is given. */
  eventLoopUtilization?: boolean;
  /** How often the utilization of the event loop is measured, in milliseconds. Default: 100. */
  eventLoopUtilizationTimeout?: number;
  /** The upper bounds of the utilization's histogram, from 0 to 1. */
  eventLoopUtilizationBuckets?: number[];
  /** The quantiles of the utilization's summary, from 0 to 1. */
  eventLoopUtilizationPercentiles?: number[];
  /** How many buckets the window of the utilization's summary has. Default: 5. */
  eventLoopUtilizationAgeBuckets?: number;
  /** How long the window of the utilization's summary is, in seconds. Default: 60. */
  eventLoopUtilizationMaxAgeSeconds?: number;
}

/** One metric to be made. */
interface Wanted {
  /** Its name without the prefix. */
  name: string;
  help: string;
  /** Label names before those of the configuration. */
  labelNames?: string[];
  /** Refreshes this metric, and others of its group, at a scrape. */
  collect?: () => void;
}

/** A metric, reduced to whether any registry shows it. */
interface Shown {
  readonly [SERIES]: { readonly isShown: boolean };
}

/** The context of one call. @internal */
export class DefaultMetricsContext {
  readonly configuration: DefaultMetricsConfiguration;
  /** The labels of the configuration. */
  readonly labels: Readonly<Record<string, string | number>>;
  readonly #registry: Registry;
  readonly #reporter: ProcessReporter;
  readonly #metrics: Shown[] = [];
  /** The `collect` function of a metric that is left out. The next metric of its group runs it. */
  #orphan: (() => void) | undefined;

  constructor(configuration: DefaultMetricsConfiguration) {
    this.configuration = configuration;
    this.labels = { ...configuration.labels } as Record<string, string | number>;
    if (configuration.perProcess && Object.hasOwn(this.labels, 'pid')) {
      throw coded(
        new TypeError('With perProcess, pid is a reserved label keyword'),
        'MPMETRICS_INVALID_LABEL',
      );
    }
    this.#registry = (configuration.register || globalRegistry) as Registry;
    this.#reporter = new ProcessReporter(this.#registry, configuration.prefix ?? '');
  }

  /** Whether this thread records the values of its process as a whole. */
  get reportsProcess(): boolean {
    return this.#reporter.reports;
  }

  /** Whether any registry still shows any of the metrics. */
  get isShown(): boolean {
    return this.#metrics.some((metric) => metric[SERIES].isShown);
  }

  /** The name of a metric, with the prefix of the configuration. */
  nameOf(name: string): string {
    return (this.configuration.prefix || '') + name;
  }

  /** Makes a gauge. With `perProcess`, it has a series for each process. */
  gauge(wanted: Wanted & { aggregator?: Aggregator }): Gauge {
    const { aggregator = 'sum' } = wanted;
    const isOwn = this.configuration.perProcess && aggregator !== 'first';
    const options = this.options(wanted);
    return this.#kept(new Gauge({ ...options, aggregator: isOwn ? 'all' : aggregator }));
  }

  /** Makes a counter. */
  counter(wanted: Wanted & { enableExemplars?: boolean }): Counter {
    const { enableExemplars = false } = wanted;
    return this.#kept(new Counter({ ...this.options(wanted), enableExemplars }));
  }

  /** Makes a histogram. */
  histogram(wanted: Wanted & { buckets: number[] }): Histogram {
    const { buckets } = wanted;
    return this.#kept(new Histogram({ ...this.options(wanted), buckets }));
  }

  /** Makes a summary. */
  summary(
    wanted: Wanted & { percentiles: number[]; maxAgeSeconds: number; ageBuckets: number },
  ): Summary {
    const { percentiles, maxAgeSeconds, ageBuckets } = wanted;
    const window = { percentiles, maxAgeSeconds, ageBuckets };
    return this.#kept(new Summary({ ...this.options(wanted), ...window }));
  }

  /** The common options of all metrics. */
  options({ name: base, help, labelNames = [], collect: own }: Wanted): {
    name: string;
    help: string;
    labelNames: string[];
    registers: Registry[];
    collect?: () => void;
  } {
    const name = this.nameOf(base);
    const isGone = isLeftOut(name);
    const collect = isGone ? undefined : (own ?? this.#orphan);
    this.#orphan = isGone ? (own ?? this.#orphan) : undefined;
    return {
      name,
      help,
      labelNames: [...labelNames, ...Object.keys(this.labels)],
      registers: [this.#registry],
      ...(collect && { collect }),
    };
  }

  #kept<Made extends Shown>(metric: Made): Made {
    this.#metrics.push(metric);
    return metric;
  }
}
