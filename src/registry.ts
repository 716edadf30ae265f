// Registries: what a scrape asks for.

// oxlint-disable no-underscore-dangle -- prom-client's names, which other packages use

import { defaultAttachment, type Attachment } from './attachment';
import {
  isContentType,
  openMetricsContentType,
  prometheusContentType,
  unsupported,
} from './content-type';
import { aggregate, type MetricAsJson } from './aggregators';
import { discover } from './discovery';
import { coded } from './errors';
import { evaluate, nextRegistryNumber } from './evaluations';
import type { Shelf } from './family';
import { encodeForeign, valuesOf, type ForeignMetric } from './foreign';

import type { FamilyValues } from './native';
import { joined, readFamilies, readText, scopesOf, withoutEnd } from './scrape';
import type { Format, Scope, View } from './scrape';
import type {
  Metric,
  MetricObject,
  MetricObjectWithValues,
  MetricValue,
  OpenMetricsContentType,
  PrometheusContentType,
  RegistryContentType,
  LabelSet,
} from './types';
import { unknownFamily } from './values';

/** The options of a registry. */
export interface RegistryOptions<Type extends RegistryContentType = RegistryContentType> {
  /** Registries of one name are one, across the processes and threads of the application. */
  name?: string;
  /** The format in which it is shown. Default: the Prometheus text format. */
  contentType?: Type;
}

/** A metric of this package, as a registry knows it. @internal */
export interface Member {
  readonly name: string;
  readonly help: string;
  collect?: MetricObject['collect'] | undefined;
  /** The registry shows it from now on. */
  enter(registry: Registry): void;
  /** The registry no longer shows it. */
  leave(registry: Registry): void;
  /** The registry has other default labels now. */
  settle(): void;
  reset(): void;
  /** What was read of it, in prom-client's shape. */
  presentFamily(values: FamilyValues): MetricObject & { values: unknown[] };
}

type Registered = Member | ForeignMetric;

/** Where a registry is: its key, and how to come to the heap. @internal */
export interface Home {
  key: string;
  seat: () => Attachment | null;
}

/** The key of the registry that all processes share without having named it. */
const DEFAULT = 'default';
/** What the keys of registries begin with that are one isolate's own. */
const PRIVATE = 'private:';

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
  _metrics: Record<string, Registered> = {};
  /** @internal */
  _defaultLabels: LabelSet = {};
  /** @internal */
  _contentType: RegistryContentType;
  /** @internal */
  home: Home;
  /** The number of the registry in the heap in which it was asked for last. @internal */
  place: { attachment: Attachment; number: number } | null = null;
  /** The registries that this one was merged of. @internal */
  sources: readonly Registry[] = [];
  /** Whether metrics with the aggregator `omit` are left out always, not only when several processes have them. @internal */
  isWhole = false;
  /** Whether the order of the metrics may be another than that in the heap. @internal */
  isRearranged = false;

  /**
   * Makes a registry. One without a name is this isolate's own.
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
    const key = name === undefined ? privateKey() : `name:${name}`;
    this.home = home ?? { key, seat: defaultAttachment };
  }

  /**
   * The metrics of the whole application as text, in the format of `contentType`. Runs the `collect` functions of this
   * isolate first. Rejects with what they throw, or with an `MpmetricsError` when the heap can't be read as a whole.
   */
  async metrics(): Promise<string> {
    const pending = collectAll(this._metrics);
    if (pending !== null) await pending;
    const format = formatOf(this);
    const view = viewOf(this);
    const own = scopesFor(this).map(async (scope) => readText(scope, format, view));
    const foreign = foreignIn(this._metrics).map(async (metric) =>
      encodeForeign(metric, this._defaultLabels, format),
    );
    return joined(await Promise.all([...own, ...foreign]), format);
  }

  /** The text of one metric, without a line end. Rejects for what is none. */
  async getMetricsAsString(metric: { name: string }): Promise<string> {
    const format = formatOf(this);
    if (!isMember(metric)) {
      return encodeForeign(metric as ForeignMetric, this._defaultLabels, format);
    }
    const pending: unknown = metric.collect?.();
    if (pending instanceof Promise) await pending;
    const texts = await Promise.all(
      scopesFor(this).map(async (scope) =>
        readText(scope, format, { ...viewOf(this), names: [metric.name] }),
      ),
    );
    return withoutEnd(joined(texts, format));
  }

  /**
   * The metrics of the whole application as data. Runs the `collect` functions of this isolate first.
   *
   * @param aggregator Which to give: those with that aggregator. Default: all.
   */
  async getMetricsAsJSON(
    aggregator?: string,
  ): Promise<MetricObjectWithValues<MetricValue<string>>[]> {
    const pending = collectAll(this._metrics);
    if (pending !== null) await pending;
    const view = viewOf(this);
    const own = scopesFor(this).map(async (scope) => {
      const families = await readFamilies(scope, view);
      return families.map((family) => {
        const metric = ownMetric(this._metrics, family.name);
        return isMember(metric) ? metric.presentFamily(family) : unknownFamily(family);
      });
    });
    const foreign = foreignIn(this._metrics).map(async (metric) => [
      await valuesOf(metric, this._defaultLabels),
    ]);
    const all = await Promise.all<unknown[]>([...own, ...foreign]);
    return (all.flat() as MetricObjectWithValues<MetricValue<string>>[]).filter(
      hasAggregator(aggregator),
    );
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
    const { name } = registered;
    const present = ownMetric(this._metrics, name);
    if (present !== undefined && present !== registered) {
      throw coded(
        new Error(`A metric with the name ${name} has already been registered.`),
        'MPMETRICS_ALREADY_REGISTERED',
      );
    }
    this._metrics[name] = registered;
    if (isMember(registered) && this.sources.length === 0) registered.enter(plain(this));
  }

  /** The metric of that name that this isolate has registered. */
  getSingleMetric<T extends string>(name: string): Metric<T> | undefined {
    return ownMetric(this._metrics, name) as unknown as Metric<T> | undefined;
  }

  /** The text of one metric, without a line end. Rejects if this isolate has registered none of that name. */
  async getSingleMetricAsString(name: string): Promise<string> {
    return this.getMetricsAsString(ownMetric(this._metrics, name) as Registered);
  }

  /** Withdraws a metric of this isolate, and its share of the values. That of other processes stays. */
  removeSingleMetric(name: string): void {
    const metric = ownMetric(this._metrics, name);
    this.isRearranged = true;
    delete this._metrics[name];
    if (isMember(metric)) metric.leave(plain(this));
  }

  /** Withdraws all metrics of this isolate, their share of the values, and the default labels. */
  clear(): void {
    const metrics = Object.values(this._metrics);
    this.isRearranged = true;
    this._metrics = {};
    this._defaultLabels = {};
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
   * What was counted before moves to the series with the new labels.
   */
  setDefaultLabels(labels: object): void {
    this._defaultLabels = labels as LabelSet;
    for (const metric of Object.values(this._metrics)) {
      if (isMember(metric)) metric.settle();
    }
  }

  /** What an answer that carries `metrics()` has as its `Content-Type`. */
  get contentType(): BoundRegistryContentType {
    return this._contentType as BoundRegistryContentType;
  }

  /** Changes the format of `metrics()`. Throws an `Error` for one that there is not. */
  setContentType(contentType: BoundRegistryContentType): void {
    if (!isContentType(contentType)) throw unsupported(Error, contentType);
    this._contentType = contentType;
    if (plain(this) === globalRegistry) currentContentType = contentType;
  }

  /** Makes a registry that is this isolate's own one that all share by that key. @internal */
  share(key: string): void {
    if (!this.home.key.startsWith(PRIVATE)) return;
    this.home = { ...this.home, key };
    this.place = null;
    for (const metric of Object.values(this._metrics)) {
      if (isMember(metric)) metric.settle();
    }
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
    const registry = new Registry<Type>();
    registry.setContentType(contentType);
    for (const metric of aggregate(metrics as MetricAsJson[][])) {
      registry.registerMetric(Object.assign({ get: () => metric }, metric) as never);
    }
    return registry;
  }

  /**
   * A registry that shows what several show. Throws an `Error` if their content types differ, or if two of them have
   * different metrics of one name.
   */
  static merge(registers: Registry[]): Registry {
    const type = (registers[0] as Registry).contentType;
    if (registers.some((registry) => registry.contentType !== type)) {
      throw coded(
        new Error('Registers can only be merged if they have the same content type'),
        'MPMETRICS_BAD_ARGUMENT',
      );
    }
    const merged = new Registry(type);
    merged.sources = registers;
    merged.isRearranged = true;
    for (const metric of registers.flatMap((registry) => registry.getMetricsAsArray())) {
      merged.registerMetric(metric as never);
    }
    return merged;
  }
}

/** A registry of any content type as one of the default type: the difference is in types only. */
function plain(registry: Registry<RegistryContentType>): Registry {
  return registry as Registry;
}

/** What metrics and scrapes need to know of a registry. @internal */
export function shelfOf(registry: Registry): Shelf {
  const { key, seat } = registry.home;
  const attachment = seat();
  if (attachment === null) return { attachment, defaults: {}, number: -1 };
  if (registry.place?.attachment !== attachment) {
    const number = attachment.registry(key);
    registry.place = number < 0 ? null : { attachment, number };
  }
  const number = registry.place?.number ?? -1;
  return { attachment, defaults: registry._defaultLabels, number };
}

/** In the order in which this isolate has registered the metrics, where the heap's may be another. */
function viewOf({
  _metrics,
  isRearranged,
  isWhole,
}: Registry<RegistryContentType>): View | undefined {
  if (!isRearranged && !isWhole) return undefined;
  const metrics = Object.values(_metrics).filter(isMember);
  const known = metrics.map(({ name, help }) => ({ name, help: `${help}` }));
  return { ...(isWhole && { whole: true }), ...(isRearranged && { known }) };
}

/** What has no aggregator is summed up. */
function hasAggregator(wanted: string | undefined): (metric: { aggregator?: string }) => boolean {
  return ({ aggregator = 'sum' }) => wanted === undefined || aggregator === wanted;
}

function scopesFor(registry: Registry<RegistryContentType>): Scope[] {
  return scopesOf(leaves(plain(registry)).map((leaf) => shelfOf(leaf)));
}

/** A registry, or those that it was merged of, be they merged themselves. */
function leaves(registry: Registry): Registry[] {
  return registry.sources.length === 0 ? [registry] : registry.sources.flatMap(leaves);
}

function formatOf({ contentType }: Registry<RegistryContentType>): Format {
  return contentType === openMetricsContentType ? 'openmetrics' : 'text';
}

function ownMetric(metrics: Record<string, Registered>, name: string): Registered | undefined {
  return Object.hasOwn(metrics, name) ? metrics[name] : undefined;
}

function foreignIn(metrics: Record<string, Registered>): ForeignMetric[] {
  return Object.values(metrics).filter((metric): metric is ForeignMetric => !isMember(metric));
}

/** Runs the `collect` functions. Null when all of them are done. */
function collectAll(metrics: Record<string, Registered>): Promise<unknown> | null {
  const pending: Promise<unknown>[] = [];
  for (const metric of Object.values(metrics)) {
    const result: unknown = isMember(metric) ? metric.collect?.() : undefined;
    if (result instanceof Promise) pending.push(result);
  }
  return pending.length === 0 ? null : Promise.all(pending);
}

/** Whether a metric is one of this package's own. @internal */
export function isMember(metric: unknown): metric is Member {
  return typeof (metric as Partial<Member> | undefined)?.presentFamily === 'function';
}

function privateKey(): string {
  return `${PRIVATE}${process.pid}-${performance.timeOrigin}-${nextRegistryNumber()}`;
}

/**
 * The key of the global registry. When this file is evaluated again, as after `jest.resetModules()`, it begins empty: in
 * a heap of this process's own as another one; in a shared heap as the same, in place of the one before.
 */
function globalKey(): string {
  const before = evaluate(() => globalRegistry.clear());
  if (before.count === 0) return DEFAULT;
  if (discover().name === undefined) return `${DEFAULT}:${before.count}`;
  before.withdraw();
  return DEFAULT;
}

/** The registry that metrics go to when they name none. */
export const globalRegistry: Registry = new Registry(undefined, {
  key: globalKey(),
  seat: defaultAttachment,
});
Registry.globalRegistry = globalRegistry;

let currentContentType: RegistryContentType = prometheusContentType;
/** The `Content-Type` of the global registry. A live binding: it follows `register.setContentType()`. */
export { currentContentType as contentType };
