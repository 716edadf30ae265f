// The view of a registry: the registries that a scrape of it reads, and the metrics that it shows.

import { coded } from '../errors';
import type { RegistryAddress } from '../heap/family';
import type { Scope, View } from '../heap/request';
import type { RegistryContentType } from './content-type';
import { isOwn, SERIES, type MetricSet, type OwnMetric, type Registered } from './contents';
import type { RegistryLocation } from './location';
import { leaveUnwrapped } from '../unwrapped';

/** The view of a registry, also for another copy of this package. @internal */
export const VIEW: unique symbol = Symbol.for('mpmetrics.registry');

/** The view of a registry. @internal */
export function viewOf(registry: object): MergedView {
  return (registry as { readonly [VIEW]: MergedView })[VIEW];
}

/** Whether a value is a registry of any copy of the package. @internal */
export function isRegistry(value: unknown): boolean {
  return typeof value === 'object' && value !== null && VIEW in value;
}

/** Registries that are read together, and the names that are hidden there. */
interface ReadGroup {
  readonly locations: RegistryLocation[];
  readonly hidden: ReadonlySet<string>;
}

/** The registries that a scrape reads in one heap. @internal */
export type HeapScope = Scope & Pick<ReadGroup, 'hidden'>;

/**
 * The view of a registry. The view of a merged registry shows its sources, because other processes count there. The
 * merged registry itself holds only the metrics that no source has: a metric in both would be declared for other
 * registries here than in other processes.
 * @internal
 */
export class MergedView {
  /** The location of the registry itself. */
  readonly location: RegistryLocation;
  /** The metrics that this isolate has registered here. */
  readonly metrics: MetricSet;
  /** Whether metrics with the aggregator `omit` are always omitted, and not only if several processes have them. */
  readonly #isForCluster: boolean;
  #sources: readonly MergedView[];
  /** Names that were removed here. A source may still have them. */
  readonly #removed = new Set<string>();

  constructor(
    location: RegistryLocation,
    metrics: MetricSet,
    { sources = [], isForCluster = false }: { sources?: MergedView[]; isForCluster?: boolean } = {},
  ) {
    this.location = location;
    this.metrics = metrics;
    this.#sources = sources;
    this.#isForCluster = isForCluster;
  }

  /** The view as `clusterMetrics()` shows it. */
  forCluster(): MergedView {
    return new MergedView(this.location, this.metrics, { sources: [this], isForCluster: true });
  }

  /** Shows a metric. */
  add(metric: Registered): void {
    const { name } = metric;
    this.metrics.set(name, metric);
    this.#removed.delete(name);
    if (!isOwn(metric) || this.isInSource(metric)) return;
    metric[SERIES].enter(this.location);
    this.setSources(this.#sources);
  }

  /** Removes the metric of that name. */
  remove(name: string): void {
    const metric = this.metrics.get(name);
    this.location.hasCustomOrder = true;
    this.metrics.delete(name);
    if (this.#sources.length > 0) this.#removed.add(name);
    if (isOwn(metric)) metric[SERIES].leave(this.location);
  }

  /** Removes all metrics and default labels. */
  clear(): void {
    const metrics = this.metrics.own();
    for (const name of Object.keys(this.metrics.byName)) this.metrics.delete(name);
    this.location.hasCustomOrder = true;
    this.location.defaultLabels = {};
    this.#removed.clear();
    this.setSources([]);
    for (const metric of metrics) metric[SERIES].leave(this.location);
  }

  /** Shows those registries from now on. Servers that read the former sources are notified. */
  setSources(sources: readonly MergedView[]): void {
    const before = this.#sources.flatMap((source) => source.locations());
    this.#sources = sources;
    for (const location of new Set(before)) location.changed();
  }

  /** Whether a source shows that metric. */
  isInSource(metric: OwnMetric): boolean {
    return this.#sources.some(({ metrics }) => metrics.get(metric.name) === metric);
  }

  /**
   * The registries to read: itself, or the sources of a merged one. The merged one is read as well, if it has metrics
   * that no source has.
   */
  #readGroups(): ReadGroup[] {
    if (this.#sources.length === 0) return [{ locations: [this.location], hidden: new Set() }];
    // The view for a cluster shows the metrics of its source, which stay there.
    const own = this.#isForCluster ? [] : this.#takeIn();
    const unwanted = [...this.#removed, ...own.map(({ name }) => name)];
    for (const { metrics } of this.#sources) {
      for (const [name, metric] of Object.entries(metrics.byName)) {
        if (this.metrics.get(name) !== metric) unwanted.push(name);
      }
    }
    const groups = this.#sources
      .flatMap((source) => source.#readGroups())
      .map(({ locations, hidden }): ReadGroup => {
        const names = new Set(hidden);
        for (const name of unwanted) names.add(name);
        return { locations, hidden: names };
      });
    if (own.length > 0) groups.push({ locations: [this.location], hidden: new Set() });
    return together(groups);
  }

  /** All registries that a scrape of this view reads. */
  locations(): RegistryLocation[] {
    return this.#readGroups().flatMap(({ locations }) => locations);
  }

  /** The registries that a scrape reads, by heap. */
  scopes(): HeapScope[] {
    const scopes: HeapScope[] = [];
    for (const { locations, hidden } of this.#readGroups()) {
      for (const location of locations) {
        const { attachment, number } = location.confirmedAddress();
        if (attachment === null || number < 0) continue;
        const { native } = attachment;
        const scope = scopes.find((one) => one.native === native && one.hidden === hidden);
        if (scope === undefined) scopes.push({ native, registries: [number], hidden });
        else if (!scope.registries.includes(number)) scope.registries.push(number);
      }
    }
    return scopes;
  }

  /** The arrangement of the page. It has the order of this isolate, if the order in the heap may differ. */
  arrangement(): View {
    const { hasCustomOrder } = this.location;
    if (!hasCustomOrder && !this.#isForCluster) return {};
    const known = this.metrics.own().map(({ name, help }) => ({ name, help: `${help}` }));
    return { ...(this.#isForCluster && { whole: true }), ...(hasCustomOrder && { known }) };
  }

  /** Enters the metrics that no source has (any more), and returns them. */
  #takeIn(): OwnMetric[] {
    return this.metrics.own().filter((metric) => {
      const isMissing = !this.isInSource(metric);
      if (isMissing) metric[SERIES].enter(this.location);
      else metric[SERIES].leave(this.location);
      return isMissing;
    });
  }
}

/** The locations of the registries that a scrape of this registry reads. @internal */
export function sourcesOf(registry: object): RegistryLocation[] {
  return viewOf(registry).locations();
}

/** The addresses of the registries that a scrape of this registry reads. @internal */
export function addressesOf(registry: object): RegistryAddress[] {
  return sourcesOf(registry).map((location) => location.confirmedAddress());
}

/** The content type of those registries. Throws an `Error` if they differ. @internal */
export function commonType<Type extends RegistryContentType>(
  registers: readonly { readonly contentType: Type }[],
): Type {
  const type = (registers[0] as { readonly contentType: Type }).contentType;
  if (registers.every(({ contentType }) => contentType === type)) return type;
  throw coded(
    new Error('Registers can only be merged if they have the same content type'),
    'MPMETRICS_BAD_ARGUMENT',
  );
}

/** Registries that hide the same metrics are read together, so their order is kept and each metric is read once. */
function together(groups: readonly ReadGroup[]): ReadGroup[] {
  const byNames = new Map<string, ReadGroup>();
  for (const { locations, hidden } of groups) {
    const names = [...hidden];
    names.sort();
    const key = names.join();
    const group = byNames.get(key);
    if (group === undefined) byNames.set(key, { locations: [...locations], hidden });
    else group.locations.push(...locations);
  }
  return [...byNames.values()];
}

leaveUnwrapped(MergedView);
