// Registries: what a scrape asks for.

// oxlint-disable no-underscore-dangle -- prom-client's names, which other packages use

import { aggregate, type MetricAsJson } from '../present/aggregators';
import type { Attachment } from '../heap/attachment';
import {
  isContentType,
  openMetricsContentType,
  prometheusContentType,
  unsupported,
} from './content-type';
import { coded } from '../errors';
import { dataOf, hasAggregator, textOf, textOfOne, type ScrapeOptions } from './read';
import { globalHome, namedHome, privateHome, UnnamedHome, type Home } from './identity';
import { invalidLabelName, validateLabelNames } from '../labels/labels';
import { contents, isMember, membersIn, metricIn, put, type Registered } from './contents';
import { commonType, isInSource, regroup } from './merged';
import { plain } from './location';
import type { Metric } from '../metrics/any-metric';
import type { MetricObject, MetricObjectWithValues, MetricValue } from '../present/metric-object';
import type {
  OpenMetricsContentType,
  PrometheusContentType,
  RegistryContentType,
} from './content-type';
import type { LabelSet } from '../labels/label-set';

/** The options of a registry. */
export interface RegistryOptions<Type extends RegistryContentType = RegistryContentType> {
  /** Registries of one name are one, across the processes and threads of the application. */
  name?: string;
  /** The format in which it is shown. Default: the Prometheus text format. */
  contentType?: Type;
}

/**
 * A container of metrics. What it shows are the values of the whole application: of every process and thread that has
 * a registry of the same name in the same heap.
 *
 * ```ts
 * const registry = new Registry({ name: 'billing' });
 * const invoices = new Counter({ name: 'invoices_total', help: 'Invoices sent', registers: [registry] });
 * console.log(await registry.metrics());
 * ```
 */
export class Registry<
  BoundRegistryContentType extends RegistryContentType = PrometheusContentType,
> {
  /** The `Content-Type` of the Prometheus text format. */
  static get PROMETHEUS_CONTENT_TYPE(): PrometheusContentType {
    return prometheusContentType;
  }

  /** The `Content-Type` of OpenMetrics. */
  static get OPENMETRICS_CONTENT_TYPE(): OpenMetricsContentType {
    return openMetricsContentType;
  }

  /** The registry that metrics go to when they name none. */
  static globalRegistry: Registry;

  /** The metrics of this isolate, by name. @internal */
  _metrics: Record<string, Registered> = contents();
  /** @internal */
  _defaultLabels: LabelSet = {};
  /** @internal */
  _contentType: RegistryContentType;
  /** @internal */
  home: Home;
  /** The number of the registry in the heap in which it was asked for last. @internal */
  place: { attachment: Attachment; number: number } | null = null;
  /** How often that number was another one. @internal */
  moves = 0;
  /** Called when it is another one. @internal */
  readonly movers = new Set<() => void>();
  /** The registries that this one was merged of. @internal */
  sources: readonly Registry[] = [];
  /** What was removed of that: others may have it still. @internal */
  readonly removed = new Set<string>();
  /** Whether metrics with the aggregator `omit` are left out always, not only when several processes have them. @internal */
  isWhole = false;
  /** Whether the order of the metrics may be another than that in the heap. @internal */
  isRearranged = false;

  /**
   * Makes a registry. One without a name is the same in all processes and threads that make it at the same place in the
   * code, once each. Where one of them makes several there, they are its own, and a warning says so: give them names.
   *
   * @param contentType The format in which it is shown. Throws a `TypeError` for one that there is not.
   */
  constructor(contentType?: BoundRegistryContentType);
  /**
   * Makes a registry that may have a name: those of one name are one, across the processes and threads of the
   * application.
   */
  constructor(options: RegistryOptions<BoundRegistryContentType>);
  /** @internal */
  constructor(options: RegistryContentType | RegistryOptions | undefined, home: Home);
  constructor(options: RegistryContentType | RegistryOptions = {}, home?: Home) {
    const { name, contentType = prometheusContentType } =
      typeof options === 'object' && options !== null ? options : { contentType: options };
    if (!isContentType(contentType)) throw unsupported(TypeError, contentType);
    if (name !== undefined && (typeof name !== 'string' || name === '')) {
      throw coded(
        new TypeError('The name of a registry must be a string that is not empty'),
        'MPMETRICS_INVALID_NAME',
      );
    }
    this._contentType = contentType;
    if (home !== undefined) this.home = home;
    else if (name !== undefined) this.home = namedHome(name);
    else this.home = new UnnamedHome(new.target, () => this.moved());
  }

  /**
   * The metrics of the whole application as text, in the format of `contentType`. Runs the `collect` functions of this
   * isolate first, and has those of all others run. Rejects with what the own ones throw, or with an `MpmetricsError` when the
   * heap can't be read as a whole.
   */
  async metrics(options: ScrapeOptions = {}): Promise<string> {
    return textOf(this, options);
  }

  /**
   * The same in OpenMetrics 1.0.0, as `startHttpServer` gives it to whoever prefers that: with times of creation, and fit
   * for the strictest parsers. `metrics()` of a registry with that content type gives prom-client's text, which they refuse.
   *
   * ```ts
   * http.createServer(async (_, response) => {
   *   response.setHeader('Content-Type', Registry.OPENMETRICS_CONTENT_TYPE);
   *   response.end(await register.openMetrics());
   * });
   * ```
   */
  async openMetrics(options: ScrapeOptions = {}): Promise<string> {
    return textOf(this, options, 'openmetrics');
  }

  /** The text of one metric, without a line end. Rejects for what is none. */
  async getMetricsAsString(metric: { name: string }): Promise<string> {
    return textOfOne(this, metric as Registered);
  }

  /**
   * The metrics of the whole application as data. Runs the `collect` functions of this isolate first.
   *
   * @param aggregator Which to give: those with that aggregator. Default: all.
   */
  async getMetricsAsJSON(
    aggregator?: string,
  ): Promise<MetricObjectWithValues<MetricValue<string>>[]> {
    return (await dataOf(this)).filter(hasAggregator(aggregator));
  }

  /**
   * The metrics that this isolate has registered.
   *
   * @param aggregator Which to give: those with that aggregator. Default: all.
   */
  getMetricsAsArray(aggregator?: string): MetricObject[] {
    const metrics = Object.values(this._metrics) as unknown as MetricObject[];
    return metrics.filter(hasAggregator(aggregator));
  }

  /**
   * Takes a metric in; any object with a `name` and a `get()` will do. Throws an `Error` if there is another one of the
   * same name.
   */
  registerMetric<T extends string>(metric: Metric<T>): void {
    const registered = metric as unknown as Registered;
    const present = metricIn(this._metrics, metric.name);
    if (present !== undefined && present !== registered) {
      throw coded(
        new Error(`A metric with the name ${metric.name} has already been registered.`),
        'MPMETRICS_ALREADY_REGISTERED',
      );
    }
    put(this._metrics, metric.name, registered);
    this.removed.delete(metric.name);
    if (!isMember(registered) || isInSource(plain(this), registered)) return;
    registered.enter(plain(this));
    regroup(plain(this));
  }

  /** The metric of that name that this isolate has registered. */
  getSingleMetric<T extends string>(name: string): Metric<T> | undefined {
    return metricIn(this._metrics, name) as unknown as Metric<T> | undefined;
  }

  /** The text of one metric, without a line end. Rejects if this isolate has registered none of that name. */
  async getSingleMetricAsString(name: string): Promise<string> {
    return this.getMetricsAsString(metricIn(this._metrics, name) as Registered);
  }

  /** Withdraws a metric of this isolate, and its share of the values. That of other processes stays. */
  removeSingleMetric(name: string): void {
    const metric = metricIn(this._metrics, name);
    this.isRearranged = true;
    delete this._metrics[name];
    if (this.sources.length > 0) this.removed.add(name);
    if (isMember(metric)) metric.leave(plain(this));
  }

  /** Withdraws all metrics of this isolate, their share of the values, and the default labels. */
  clear(): void {
    const metrics = Object.values(this._metrics);
    this.isRearranged = true;
    this._metrics = contents();
    this._defaultLabels = {};
    this.removed.clear();
    regroup(plain(this), []);
    for (const metric of metrics) {
      if (isMember(metric)) metric.leave(plain(this));
    }
  }

  /** Resets every metric of this isolate, as its own `reset` does. */
  resetMetrics(): void {
    for (const metric of Object.values(this._metrics)) metric.reset?.();
  }

  /**
   * Sets labels that all metrics of this isolate have in this registry, unless they have one of that name themselves.
   * What was counted before moves to the series with the new labels. Throws an `Error` for a name that no label can have.
   */
  setDefaultLabels(labels: object): void {
    // They go where other processes read them: one that can't be printed would spoil the page for all.
    if (!validateLabelNames(Object.keys(labels ?? {}))) throw invalidLabelName();
    this._defaultLabels = { ...labels };
    for (const metric of membersIn(this._metrics)) metric.settle();
  }

  /** What an answer that carries `metrics()` has as its `Content-Type`. */
  get contentType(): BoundRegistryContentType {
    return this._contentType as BoundRegistryContentType;
  }

  /** Changes the format of `metrics()`. Throws an `Error` for one that there is not. */
  setContentType(contentType: BoundRegistryContentType): void {
    if (!isContentType(contentType)) throw unsupported(Error, contentType);
    this._contentType = contentType;
  }

  /** Makes a registry without a name one that all share by that key; false for one that is shared already. @internal */
  share(key: string): boolean {
    if (!(this.home instanceof UnnamedHome)) return false;
    this.home = { key, seat: this.home.seat };
    this.moved();
    return true;
  }

  /** Takes the metrics to where the registry is now. @internal */
  moved(): void {
    this.place = null;
    this.moves += 1;
    for (const metric of membersIn(this._metrics)) metric.settle();
    for (const listener of this.movers) listener();
  }

  /**
   * Makes one registry of several processes' metrics, for those who carry them from process to process themselves. The
   * `get()` of its metrics is synchronous.
   *
   * @param metrics What each process's `getMetricsAsJSON()` gave.
   * @param contentType The format of the registry. Default: the Prometheus text format. Throws an `Error` for an
   *   aggregator that there is not.
   */
  static aggregate<Type extends RegistryContentType = PrometheusContentType>(
    metrics: readonly (readonly object[])[],
    contentType: Type = prometheusContentType as Type,
  ): Registry<Type> {
    const registry = new Registry(undefined, privateHome()) as unknown as Registry<Type>;
    registry.setContentType(contentType);
    for (const metric of aggregate(metrics as MetricAsJson[][])) {
      registry.registerMetric(Object.assign({ get: () => metric }, metric) as never);
    }
    return registry;
  }

  /**
   * A registry that shows what several show: those metrics of this isolate that they have now, and all that others have in
   * them. What is registered in it, removed from it or cleared leaves them as they are. Throws an `Error` if their content
   * types differ, or if two of them have different metrics of one name.
   */
  static merge<Type extends RegistryContentType>(
    registers: readonly Registry<Type>[],
  ): Registry<Type> {
    const merged = new Registry<Type>(commonType(registers), privateHome());
    merged.sources = registers.map(plain);
    merged.isRearranged = true;
    for (const metric of registers.flatMap((registry) => registry.getMetricsAsArray())) {
      merged.registerMetric(metric as never);
    }
    return merged;
  }
}

/** A registry of either content type. */
export type AnyRegistry = Registry<PrometheusContentType> | Registry<OpenMetricsContentType>;

/** The registry that metrics go to when they name none. */
export const globalRegistry: Registry = new Registry(
  undefined,
  globalHome(() => globalRegistry.clear()),
);
Registry.globalRegistry = globalRegistry;
