// Reading a registry: as text and as data.

import {
  valuesOf,
  withDefaults,
  type ExternalMetric,
  type ExternalValues,
} from '../present/external-metric';
import { encodeExternal } from '../present/external-text';
import type { MetricObjectWithValues, MetricValue } from '../present/metric-object';
import { collecting, isThenable } from '../heap/collect-context';
import { originOf } from '../present/origin';
import { unknownFamily } from '../present/samples';
import {
  joined,
  readFamilies,
  readText,
  scopesOf,
  withoutEnd,
  type Format,
  type Scope,
  type View,
} from '../heap/read-heap';
import { isOwn, SERIES, type MetricSet, type Registered } from './contents';
import type { MergedView } from './merged';

/** What is to be shown. */
export interface ScrapeOptions {
  /**
   * Whether the heap's own metrics (`mpmetrics_…`: writers, memory, what was dropped) are shown as well. Default: they are
   * not, so that the text is that of prom-client.
   */
  own?: boolean;
  /**
   * The longest time, in milliseconds, to wait for the `collect` functions of other processes and threads. Who has not
   * answered by then is not waited for again until it has. Default: 250.
   */
  collectTimeout?: number;
}

/**
 * Reads the heaps in which the registries of a view lie. Reads again if one of them has moved meanwhile, or if a heap is over
 * that is only read and another one has its name.
 * @internal
 */
export async function readHeaps<Read>(
  shown: MergedView,
  read: (scope: Scope, view: View) => Promise<Read>,
): Promise<Read[]> {
  for (;;) {
    const scopes = shown.layers().flatMap(({ locations, hidden }) =>
      scopesOf(locations.map((location) => location.confirmedAddress())).map((scope) => ({
        scope,
        hidden,
      })),
    );
    const moves = movesOf(shown);
    const view = shown.arrangement();
    try {
      const found = await Promise.all(
        scopes.map(async ({ scope, hidden }) =>
          read(scope, hidden.size === 0 ? view : { ...view, names: await others(scope, hidden) }),
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

/** The names of the families there besides the hidden ones. */
async function others(scope: Scope, hidden: ReadonlySet<string>): Promise<string[]> {
  const families = await readFamilies(scope, { collectWaitMs: 0 });
  return families.map(({ name }) => name).filter((name) => !hidden.has(name));
}

/** The metrics of the whole application as text, after the `collect` functions of this isolate. @internal */
export async function textOf(
  shown: MergedView,
  format: Format,
  { own = false, collectTimeout }: ScrapeOptions = {},
): Promise<string> {
  const { metrics, location } = shown;
  const pending = metrics.collect();
  if (pending !== null) await pending;
  const wait = collectTimeout === undefined ? {} : { collectWaitMs: collectTimeout };
  const { defaultLabels } = location;
  const shared = readHeaps(shown, async (scope, view) =>
    readAsShown(metrics, scope, format, { ...view, ...wait, own }),
  );
  const external = allExternal(metrics, async (metric) =>
    encodeExternal(metric, defaultLabels, format),
  );
  return joined((await Promise.all([shared, external])).flat(), format);
}

/** The text of one metric, without a line end. @internal */
export async function textOfOne(
  shown: MergedView,
  format: Format,
  metric: Registered,
): Promise<string> {
  if (!isOwn(metric)) {
    return collecting(async () => encodeExternal(metric, shown.location.defaultLabels, format));
  }
  const pending: unknown = metric.collect && collecting(() => metric.collect?.());
  if (isThenable(pending)) await pending;
  const { name } = metric;
  const texts = await readHeaps(shown, async (scope, view) => {
    const names = view.names?.includes(name) === false ? [] : [name];
    return readAsShown(shown.metrics, scope, format, { ...view, names });
  });
  return withoutEnd(joined(texts, format));
}

/** The text of a heap, with labels as this isolate shows them. */
async function readAsShown(
  metrics: MetricSet,
  scope: Scope,
  format: Format,
  view: View,
): Promise<string> {
  const text = await readText(scope, format, view);
  return metrics.own().reduce((shown, metric) => metric[SERIES].relabel(shown), text);
}

/** The metrics of the whole application as data, after the `collect` functions of this isolate. @internal */
export async function dataOf(
  shown: MergedView,
): Promise<MetricObjectWithValues<MetricValue<string>>[]> {
  const { metrics, location } = shown;
  const pending = metrics.collect();
  if (pending !== null) await pending;
  const { defaultLabels } = location;
  const shared = readHeaps(shown, async (scope, view) => {
    const families = await readFamilies(scope, view);
    const origin = originOf(scope);
    return families.map((family) => {
      const metric = metrics.get(family.name);
      if (!isOwn(metric)) return Object.assign(unknownFamily(family), origin);
      const values = metric[SERIES].presentFamily(family) as ExternalValues;
      // A source's metrics have the default labels of that source.
      const defaults = shown.isInSource(metric) ? {} : metric[SERIES].defaultsOf(defaultLabels);
      return Object.assign(withDefaults(values, defaults), origin);
    });
  });
  const external = allExternal(metrics, async (metric) => valuesOf(metric, defaultLabels));
  const all: unknown[][] = await Promise.all([
    shared.then((families) => families.flat()),
    external,
  ]);
  return all.flat() as MetricObjectWithValues<MetricValue<string>>[];
}

/** The answers of external metrics. Like `collect` functions, they may read other metrics. */
async function allExternal<Answer>(
  metrics: MetricSet,
  ask: (metric: ExternalMetric) => Promise<Answer>,
): Promise<Answer[]> {
  const external = metrics.external();
  return external.length === 0 ? [] : collecting(async () => Promise.all(external.map(ask)));
}

/** Chooses by aggregator; what has none is summed up. @internal */
export function hasAggregator(
  wanted: string | undefined,
): (metric: { aggregator?: string }) => boolean {
  return ({ aggregator = 'sum' }) => wanted === undefined || aggregator === wanted;
}
