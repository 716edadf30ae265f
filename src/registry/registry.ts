// Registries: what a scrape asks for.

// oxlint-disable no-underscore-dangle -- prom-client's names, which other packages use

import { coded } from '../errors';
import { copied, invalidLabelName, invalidLabelValue, validateLabelNames } from '../labels/labels';
import type { LabelSet } from '../labels/label-set';
import { aggregate, type MetricAsJson } from '../present/aggregators';
import type { MetricObject, MetricObjectWithValues, MetricValue } from '../present/metric-object';
import {
  isContentType,
  openMetricsContentType,
  prometheusContentType,
  unsupported,
  type OpenMetricsContentType,
  type PrometheusContentType,
  type RegistryContentType,
} from './content-type';
import { MetricSet, type MetricsByName, type Registered } from './contents';
import {
  globalIdentity,
  namedIdentity,
  privateIdentity,
  UnnamedIdentity,
  type RegistryIdentity,
} from './identity';
import { RegistryLocation } from './location';
import { commonType, MergedView, VIEW, viewOf } from './merged';
import type { Metric } from './metric-classes';
import { dataOf, formatOf, hasAggregator, textOf, textOfOne, type ScrapeOptions } from './read';

/** The options of a registry. */
export interface RegistryOptions<Type extends RegistryContentType = RegistryContentType> {
  /** Registries of one name are one, across the processes and threads of the application. */
  name?: string;
  /**
   * False: the registry is for this process or thread alone, whatever others make at the same place in the code, and without a
   * warning. For one registry a request, a test or a tenant. With a name, a `TypeError` is thrown. Default: true.
   */
  shared?: boolean;
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

  /** Its location, its metrics, and the registries that it was merged of. @internal */
  readonly [VIEW]: MergedView;
  /** The metrics of this isolate, by name: prom-client's own field. @internal */
  readonly _metrics: MetricsByName;
  /** prom-client's own field. @internal */
  _contentType: RegistryContentType;

  /**
   * Makes a registry. One without a name is the same in all processes and threads that make it at the same place in the
   * code, once each. Where one of them makes several there, they are its own, and a warning says so: give them names, or say
   * `shared: false`.
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
  constructor(
    options: RegistryContentType | RegistryOptions | undefined,
    identity: RegistryIdentity,
  );
  constructor(options: RegistryContentType | RegistryOptions = {}, identity?: RegistryIdentity) {
    const {
      name,
      shared = true,
      contentType = prometheusContentType,
    }: RegistryOptions = typeof options === 'object' && options !== null
      ? options
      : { contentType: options };
    if (!isContentType(contentType)) throw unsupported(TypeError, contentType);
    if (name !== undefined && (typeof name !== 'string' || name === '')) {
      throw coded(
        new TypeError('The name of a registry must be a string that is not empty'),
        'MPMETRICS_INVALID_NAME',
      );
    }
    if (typeof shared !== 'boolean' || (name !== undefined && !shared)) {
      throw coded(
        new TypeError(
          'The option "shared" of a registry is true or false, and true where it has a name',
        ),
        'MPMETRICS_BAD_ARGUMENT',
      );
    }
    const unnamed = (): RegistryIdentity =>
      shared ? new UnnamedIdentity(new.target, () => location.move()) : privateIdentity();
    const named = name === undefined ? undefined : namedIdentity(name);
    const location = new RegistryLocation(identity ?? named ?? unnamed());
    const metrics = new MetricSet(location);
    this[VIEW] = new MergedView(location, metrics);
    this._metrics = metrics.byName;
    this._contentType = contentType;
  }

  /**
   * The metrics of the whole application as text, in the format of `contentType`. Runs the `collect` functions of this
   * isolate first, and has those of all others run. Rejects with what the own ones throw, or with an `MpmetricsError` when the
   * heap can't be read as a whole.
   */
  async metrics(options: ScrapeOptions = {}): Promise<string> {
    return textOf(this[VIEW], formatOf(this.contentType), options);
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
    return textOf(this[VIEW], 'openmetrics', options);
  }

  /** The text of one metric, without a line end. Rejects for what is none. */
  async getMetricsAsString(metric: { name: string }): Promise<string> {
    return textOfOne(this[VIEW], formatOf(this.contentType), metric as Registered);
  }

  /**
   * The metrics of the whole application as data. Runs the `collect` functions of this isolate first.
   *
   * @param aggregator Which to give: those with that aggregator. Default: all.
   */
  async getMetricsAsJSON(
    aggregator?: string,
  ): Promise<MetricObjectWithValues<MetricValue<string>>[]> {
    return (await dataOf(this[VIEW])).filter(hasAggregator(aggregator));
  }

  /**
   * The metrics that this isolate has registered.
   *
   * @param aggregator Which to give: those with that aggregator. Default: all.
   */
  getMetricsAsArray(aggregator?: string): MetricObject[] {
    const metrics = this[VIEW].metrics.all() as unknown as MetricObject[];
    return metrics.filter(hasAggregator(aggregator));
  }

  /**
   * Takes a metric in; any object with a `name` and a `get()` will do. Throws an `Error` if there is another one of the
   * same name.
   */
  registerMetric<T extends string>(metric: Metric<T>): void {
    const present: unknown = this[VIEW].metrics.get(metric.name);
    if (present !== undefined && present !== metric) {
      throw coded(
        new Error(`A metric with the name ${metric.name} has already been registered.`),
        'MPMETRICS_ALREADY_REGISTERED',
      );
    }
    this[VIEW].add(metric as unknown as Registered);
  }

  /** The metric of that name that this isolate has registered. */
  getSingleMetric<T extends string>(name: string): Metric<T> | undefined {
    return this[VIEW].metrics.get(name) as unknown as Metric<T> | undefined;
  }

  /** The text of one metric, without a line end. Rejects if this isolate has registered none of that name. */
  async getSingleMetricAsString(name: string): Promise<string> {
    return this.getMetricsAsString(this[VIEW].metrics.get(name) as Registered);
  }

  /** Withdraws a metric of this isolate, and its share of the values. That of other processes stays. */
  removeSingleMetric(name: string): void {
    this[VIEW].remove(name);
  }

  /** Withdraws all metrics of this isolate, their share of the values, and the default labels. */
  clear(): void {
    this[VIEW].clear();
  }

  /** Resets every metric of this isolate, as its own `reset` does. */
  resetMetrics(): void {
    for (const metric of this[VIEW].metrics.all()) metric.reset?.();
  }

  /**
   * Sets labels that all metrics of this isolate have in this registry, unless they have one of that name themselves.
   * What was counted before moves to the series with the new labels. Throws an `Error` for a name that no label can have, and a
   * `TypeError` for a symbol, which has no text.
   */
  setDefaultLabels(labels: object): void {
    // They go where other processes read them: one that can't be printed would spoil the page for all.
    const own = copied(labels);
    if (!validateLabelNames(Object.keys(own))) throw invalidLabelName();
    for (const value of Object.values(own)) {
      if (typeof value === 'symbol') throw invalidLabelValue();
    }
    this._defaultLabels = own;
    this[VIEW].metrics.relocate();
  }

  /** prom-client's own field. @internal */
  get _defaultLabels(): LabelSet {
    return this[VIEW].location.defaultLabels;
  }
  set _defaultLabels(labels: LabelSet) {
    this[VIEW].location.defaultLabels = labels;
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
    const registry = new Registry(undefined, privateIdentity()) as unknown as Registry<Type>;
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
    const merged = new Registry<Type>(commonType(registers), privateIdentity());
    merged[VIEW].setSources(registers.map(viewOf));
    merged[VIEW].location.hasCustomOrder = true;
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
  globalIdentity(() => globalRegistry.clear()),
);
Registry.globalRegistry = globalRegistry;
