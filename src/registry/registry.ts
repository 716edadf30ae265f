// Registries: the containers of metrics that a scrape reads.

// oxlint-disable no-underscore-dangle -- prom-client's names, which other packages use

import { coded } from '../errors';
import type { Encoding } from '../heap/request';
import {
  copied,
  invalidLabelValue,
  requireLabelNames,
  requireNames,
  type NameValidation,
} from '../labels/labels';
import type { LabelSet } from '../labels/label-set';
import { aggregate, type MetricAsJson } from '../present/aggregators';
import type { MetricFamily } from '../present/metric-family';
import type { MetricObject, MetricObjectWithValues, MetricValue } from '../present/metric-object';
import {
  BODY,
  isContentType,
  openMetricsContentType,
  prometheusContentType,
  unsupported,
  type OpenMetricsContentType,
  type PrometheusContentType,
  type RegistryContentType,
} from './content-type';
import { isOwn, MetricSet, type MetricsByName, type Registered } from './contents';
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
import {
  bodyOf,
  dataOf,
  encodingOf,
  familiesOf,
  hasAggregator,
  textOf,
  textOfOne,
  type OpenMetricsOptions,
  type ScrapeOptions,
} from './read';

/** The options of a registry. */
export interface RegistryOptions<Type extends RegistryContentType = RegistryContentType> {
  /** The name. Registries of one name are one, across the processes and threads of the application. */
  name?: string;
  /**
   * False: the registry is private to this process or thread, without a warning. For a registry of one request, test or
   * tenant. With a name, a `TypeError` is thrown. Default: true.
   */
  shared?: boolean;
  /** The exposition format. Default: the Prometheus text format. */
  contentType?: Type;
  /**
   * The rule for the names of its metrics and labels. With `utf8` a name is any text that is not empty. The server escapes
   * such names for scrapers that do not ask for UTF-8. Default: `legacy`, as in prom-client.
   */
  nameValidation?: NameValidation;
}

/**
 * A container of metrics. It shows the values of the whole application: of every process and thread with a registry of
 * the same name in the same heap.
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

  /** The registry of metrics without the option `registers`. */
  static globalRegistry: Registry;

  /** The view: location, metrics, and the sources of a merged registry. @internal */
  readonly [VIEW]: MergedView;
  /** The metrics of this isolate, by name: prom-client's own field. @internal */
  readonly _metrics: MetricsByName;
  /** prom-client's own field. @internal */
  _contentType: RegistryContentType;
  /** prom-client's own field, which it does not use. @internal */
  readonly _collectors: unknown[] = [];

  /**
   * Makes a registry without a name. It is the same registry in all processes and threads that make it at the same
   * position in the code, once each. If one of them makes several there, all of these are private, and a warning says
   * so. Give them names, or say `shared: false`.
   *
   * @param contentType The exposition format. Throws a `TypeError` for an unknown one.
   */
  constructor(contentType?: BoundRegistryContentType);
  /**
   * Makes a registry with options. Registries of one name are one, across the processes and threads of the application.
   */
  constructor(options: RegistryOptions<BoundRegistryContentType>);
  /** @internal */
  constructor(
    options: RegistryContentType | RegistryOptions | undefined,
    identity: RegistryIdentity,
  );
  constructor(options: RegistryContentType | RegistryOptions = {}, identity?: RegistryIdentity) {
    const given: RegistryOptions =
      typeof options === 'object' && options !== null ? options : { contentType: options };
    const {
      name,
      shared = true,
      contentType = prometheusContentType,
      nameValidation = 'legacy',
    } = given;
    if (!isContentType(contentType)) throw unsupported(TypeError, contentType);
    if (nameValidation !== 'legacy' && nameValidation !== 'utf8') {
      throw coded(
        new TypeError(`The rule for names is 'legacy' or 'utf8', not ${String(nameValidation)}`),
        'MPMETRICS_BAD_ARGUMENT',
      );
    }
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
    location.nameValidation = nameValidation;
    const metrics = new MetricSet(location);
    this[VIEW] = new MergedView(location, metrics);
    this._metrics = metrics.byName;
    this._contentType = contentType;
  }

  /**
   * The metrics of the whole application as text, in the format of `contentType`. The `collect` functions of this
   * isolate run first, and those of other isolates are asked for. Rejects with the errors of this isolate's functions,
   * or with an `MpmetricsError` if the heap cannot be read as a whole.
   */
  async metrics(options: ScrapeOptions = {}): Promise<string> {
    return textOf(this[VIEW], encodingOf(this.contentType), options);
  }

  /**
   * The metrics as OpenMetrics 1.0.0, as `startHttpServer({ openMetrics: true })` serves them to clients that prefer it:
   * valid for strict parsers, and with creation times on request. `metrics()` of a registry with that content type returns
   * prom-client's text, which such parsers refuse.
   *
   * ```ts
   * http.createServer(async (_, response) => {
   *   response.setHeader('Content-Type', Registry.OPENMETRICS_CONTENT_TYPE);
   *   response.end(await register.openMetrics());
   * });
   * ```
   */
  async openMetrics({ created = false, ...options }: OpenMetricsOptions = {}): Promise<string> {
    return textOf(this[VIEW], { format: 'openmetrics', created }, options);
  }

  /** The body of an answer in a format that was negotiated. @internal */
  async [BODY](encoding: Encoding, options: ScrapeOptions): Promise<Buffer> {
    return bodyOf(this[VIEW], encoding, options);
  }

  /** The text of one metric, without a line end. Rejects if the argument is no metric. */
  async getMetricsAsString(metric: { name: string }): Promise<string> {
    return textOfOne(this[VIEW], encodingOf(this.contentType), metric as Registered);
  }

  /**
   * The metrics of the whole application as data. Runs the `collect` functions of this isolate first.
   *
   * @param aggregator Selects the metrics with that aggregator. Default: all.
   */
  async getMetricsAsJSON(
    aggregator?: string,
  ): Promise<MetricObjectWithValues<MetricValue<string>>[]> {
    return (await dataOf(this[VIEW])).filter(hasAggregator(aggregator));
  }

  /**
   * The metrics of the whole application as typed families, with all that a page shows of them: for programs that export or
   * display metrics. Runs the `collect` functions of this isolate first, and has those of all others run. Rejects as
   * `metrics()` does.
   *
   * ```ts
   * for (const family of await register.families()) {
   *   if (family.type !== 'counter') continue;
   *   for (const { labels, value } of family.series) console.log(family.name, labels, value);
   * }
   * ```
   */
  async families(options: ScrapeOptions = {}): Promise<MetricFamily[]> {
    return familiesOf(this[VIEW], options);
  }

  /**
   * The metrics that this isolate has registered.
   *
   * @param aggregator Selects the metrics with that aggregator. Default: all.
   */
  getMetricsAsArray(aggregator?: string): MetricObject[] {
    const metrics = this[VIEW].metrics.all() as unknown as MetricObject[];
    return metrics.filter(hasAggregator(aggregator));
  }

  /**
   * Registers a metric: any object with a `name` and a `get()`. Throws an `Error` if there is another metric of the
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
    if (isOwn(metric)) requireNames(metric, this.nameValidation);
    this[VIEW].add(metric as unknown as Registered);
  }

  /** The metric of that name that this isolate has registered. */
  getSingleMetric<T extends string>(name: string): Metric<T> | undefined {
    return this[VIEW].metrics.get(name) as unknown as Metric<T> | undefined;
  }

  /** The text of one metric, without a line end. Rejects if this isolate has not registered a metric of that name. */
  async getSingleMetricAsString(name: string): Promise<string> {
    return this.getMetricsAsString(this[VIEW].metrics.get(name) as Registered);
  }

  /** Withdraws a metric of this isolate, and its contributions. The contributions of other processes stay. */
  removeSingleMetric(name: string): void {
    this[VIEW].remove(name);
  }

  /** Withdraws all metrics of this isolate, their contributions, and the default labels. */
  clear(): void {
    this[VIEW].clear();
  }

  /** Resets every metric of this isolate by its own `reset`. */
  resetMetrics(): void {
    for (const metric of this[VIEW].metrics.all()) metric.reset?.();
  }

  /**
   * Sets the default labels of this registry, for the metrics of this isolate. A label of the metric itself has
   * priority over a default label of that name. Earlier values move to the series with the new labels. Throws an `Error` for an
   * invalid label name, or for `otel_metric_overflow`. Throws a `TypeError` for a symbol, which has no text.
   */
  setDefaultLabels(labels: object): void {
    // Other processes read them, and an invalid name would spoil the page for all.
    const own = copied(labels);
    requireLabelNames(Object.keys(own), this.nameValidation);
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

  /** The rule for the names of metrics and labels. */
  get nameValidation(): NameValidation {
    return this[VIEW].location.nameValidation;
  }

  /** The `Content-Type` for the text of `metrics()`. */
  get contentType(): BoundRegistryContentType {
    return this._contentType as BoundRegistryContentType;
  }

  /** Changes the format of `metrics()`. Throws an `Error` for an unknown one. */
  setContentType(contentType: BoundRegistryContentType): void {
    if (!isContentType(contentType)) throw unsupported(Error, contentType);
    this._contentType = contentType;
  }

  /**
   * Combines the metrics of several processes, for programs that send them from process to process themselves. The
   * `get()` of the resulting metrics is synchronous.
   *
   * @param metrics The result of each process's `getMetricsAsJSON()`.
   * @param contentType The format of the registry. Default: the Prometheus text format. Throws an `Error` for an
   *   unknown aggregator.
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
   * A registry that shows several others: their present metrics in this isolate, and all their metrics in other
   * isolates. Changes of the merged registry leave the others as they are. Throws an `Error` if their content types
   * differ, or if two of them have different metrics of one name.
   */
  static merge<Type extends RegistryContentType>(
    registers: readonly Registry<Type>[],
  ): Registry<Type> {
    const merged = new Registry<Type>(commonType(registers), privateIdentity());
    const isUtf8 = registers.some(({ nameValidation }) => nameValidation === 'utf8');
    merged[VIEW].location.nameValidation = isUtf8 ? 'utf8' : 'legacy';
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

/** The registry of metrics without the option `registers`. */
export const globalRegistry: Registry = new Registry(
  undefined,
  globalIdentity(() => globalRegistry.clear()),
);
Registry.globalRegistry = globalRegistry;
