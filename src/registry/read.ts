// Reading a registry, as text and as data.

import type { LabelSet } from '../labels/label-set';
import { exposeExternal } from '../present/external-exposition';
import { readExternal } from '../present/external-family';
import {
  valuesOf,
  withDefaults,
  type ExternalMetric,
  type ExternalValues,
} from '../present/external-metric';
import { encodeExternal } from '../present/external-text';
import { joined, withoutEnd } from '../present/joined';
import { familyOf } from '../present/family-of';
import type { MetricFamily } from '../present/metric-family';
import type { MetricObjectWithValues, MetricValue } from '../present/metric-object';
import {
  collecting,
  isThenable,
  readBytes,
  readFamilies,
  readText,
  type Encoding,
  type Scope,
  type View,
} from '../heap/request';
import { sourceHeapOf } from '../present/source-heap';
import { unknownFamily } from '../present/samples';
import { openMetricsContentType, type RegistryContentType } from './content-type';
import { isOwn, SERIES, type Registered } from './contents';
import type { HeapScope, MergedView } from './merged';

/** The options of a scrape. */
export interface ScrapeOptions {
  /**
   * Whether to show the heap's own metrics as well (`mpmetrics_…`: writers, memory, dropped series). Default: no, so
   * that the text is that of prom-client.
   */
  own?: boolean;
  /**
   * The longest wait, in milliseconds, for the `collect` functions of other processes and threads. If one of them has
   * not answered by then, no scrape waits for it again until it has. Default: 250.
   */
  collectTimeout?: number;
}

/** The options of an exposition in OpenMetrics. */
export interface OpenMetricsOptions extends ScrapeOptions {
  /** Whether there is a `_created` sample for each series that has a start time. Default: there is none. */
  created?: boolean;
}

/**
 * The format of prom-client's API for a registry. For OpenMetrics it is prom-client's own dialect, and only this
 * function chooses that dialect.
 * @internal
 */
export function encodingOf(contentType: RegistryContentType): Encoding {
  return { format: contentType === openMetricsContentType ? 'openmetrics-prom-client' : 'text' };
}

/** The metrics of the whole application as text. The `collect` functions of this isolate run first. @internal */
export async function textOf(
  shown: MergedView,
  encoding: Encoding,
  options?: ScrapeOptions,
): Promise<string> {
  const { format } = encoding;
  const texts = readAll(
    shown,
    async (scope, view) => readText(scope, encoding, view),
    async (metric, defaults) => (await exposeExternal(metric, defaults, encoding)).toString(),
    options,
  );
  return joined(await texts, format);
}

/** The same in any format, as the body of an answer. @internal */
export async function bodyOf(
  shown: MergedView,
  encoding: Encoding,
  options?: ScrapeOptions,
): Promise<Buffer> {
  if (encoding.format !== 'protobuf') return Buffer.from(await textOf(shown, encoding, options));
  const parts = readAll(
    shown,
    async (scope, view) => readBytes(scope, encoding, view),
    async (metric, defaults) => exposeExternal(metric, defaults, encoding),
    options,
  );
  return Buffer.concat(await parts);
}

/** Runs the `collect` functions of this isolate, and reads the heaps of a view and its external metrics. */
async function readAll<Part>(
  shown: MergedView,
  fromHeap: (scope: Scope, view: View) => Promise<Part>,
  fromExternal: (metric: ExternalMetric, defaults: LabelSet) => Promise<Part>,
  { own = false, collectTimeout }: ScrapeOptions = {},
): Promise<Part[]> {
  const pending = shown.metrics.collect();
  if (pending !== null) await pending;
  const wait = collectTimeout === undefined ? {} : { collectWaitMs: collectTimeout };
  const parts = readHeaps(shown, async (scope, view) => fromHeap(scope, { ...view, ...wait, own }));
  const { defaultLabels } = shown.location;
  const external = shown.metrics.external(async (metric) => fromExternal(metric, defaultLabels));
  return (await Promise.all([parts, external])).flat();
}

/**
 * Reads the heaps with the registries of a view. Reads again if a registry has moved meanwhile, or if a reader's heap
 * has ended and another one has its name.
 * @internal
 */
export async function readHeaps<Read>(
  shown: MergedView,
  read: (scope: Scope, view: View) => Promise<Read>,
): Promise<Read[]> {
  for (;;) {
    const scopes = shown.scopes();
    const moves = movesOf(shown);
    const view = shown.arrangement();
    try {
      const found = await Promise.all(
        scopes.map(async (scope) =>
          read(scope, scope.hidden.size === 0 ? view : { ...view, names: await shownIn(scope) }),
        ),
      );
      if (movesOf(shown) === moves) return found;
    } catch (error) {
      const isOver = (error as { code?: unknown }).code === 'MPMETRICS_CLOSED';
      if (!isOver || !shown.locations().some((location) => location.succeed())) throw error;
    }
  }
}

function movesOf(shown: MergedView): number {
  return shown.locations().reduce((sum, { moves }) => sum + moves, 0);
}

/** The names of the families in a scope, without the hidden ones. */
async function shownIn(scope: HeapScope): Promise<string[]> {
  const families = await readFamilies(scope, { collectWaitMs: 0 });
  return families.map(({ name }) => name).filter((name) => !scope.hidden.has(name));
}

/** The text of one metric, without a line end. @internal */
export async function textOfOne(
  shown: MergedView,
  encoding: Encoding,
  metric: Registered,
): Promise<string> {
  if (!isOwn(metric)) {
    const { defaultLabels } = shown.location;
    return collecting(async () => encodeExternal(metric, defaultLabels, encoding.format));
  }
  const pending: unknown = metric.collect && collecting(() => metric.collect?.());
  if (isThenable(pending)) await pending;
  const { name } = metric;
  const texts = await readHeaps(shown, async (scope, view) => {
    const names = view.names?.includes(name) === false ? [] : [name];
    return readText(scope, encoding, { ...view, names });
  });
  return withoutEnd(joined(texts, encoding.format));
}

/** The metrics of the whole application as data. The `collect` functions of this isolate run first. @internal */
export async function dataOf(
  shown: MergedView,
): Promise<MetricObjectWithValues<MetricValue<string>>[]> {
  const { metrics, location } = shown;
  const pending = metrics.collect();
  if (pending !== null) await pending;
  const { defaultLabels } = location;
  const shared = readHeaps(shown, async (scope, view) => {
    const families = await readFamilies(scope, view);
    const sourceHeap = sourceHeapOf(scope);
    return families.map((family) => {
      const metric = metrics.get(family.name);
      if (!isOwn(metric)) return Object.assign(unknownFamily(family), sourceHeap);
      const values = metric[SERIES].presentFamily(family) as ExternalValues;
      // A metric of a source has the default labels of that source.
      const defaults = shown.isInSource(metric) ? {} : metric[SERIES].defaultsOf(defaultLabels);
      return Object.assign(withDefaults(values, defaults), sourceHeap);
    });
  });
  const external = metrics.external(async (metric) => valuesOf(metric, defaultLabels));
  const all: unknown[][] = await Promise.all([
    shared.then((families) => families.flat()),
    external,
  ]);
  return all.flat() as MetricObjectWithValues<MetricValue<string>>[];
}

/** The metrics of the whole application as typed families, after the `collect` functions of this isolate. @internal */
export async function familiesOf(
  shown: MergedView,
  options?: ScrapeOptions,
): Promise<MetricFamily[]> {
  return (await readAll(shown, readFamilies, readExternal, options)).flat().map(familyOf);
}

/** Selects metrics by aggregator. A metric without one has `sum`. @internal */
export function hasAggregator(
  wanted: string | undefined,
): (metric: { aggregator?: string }) => boolean {
  return ({ aggregator = 'sum' }) => wanted === undefined || aggregator === wanted;
}
