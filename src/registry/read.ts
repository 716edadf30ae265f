// What a registry shows: as text and as data.

// oxlint-disable no-underscore-dangle -- prom-client's names, which other packages use

import {
  valuesOf,
  withDefaults,
  type ForeignMetric,
  type ForeignValues,
} from '../present/external-metric';
import { encodeForeign } from '../present/external-text';
import {
  collectAll,
  foreignIn,
  isMember,
  membersIn,
  metricIn,
  type Contents,
  type Registered,
} from './contents';
import { collecting } from '../heap/collect-context';
import { isInSource } from './merged';
import { originOf } from '../present/origin';
import {
  joined,
  readFamilies,
  readText,
  withoutEnd,
  type Format,
  type Scope,
  type View,
} from '../heap/read-heap';
import { formatOf, look, plain, type AnyContent } from './location';
import type { MetricObjectWithValues, MetricValue } from '../labels/label-set';
import { unknownFamily } from '../present/samples';

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

/** The metrics of the whole application as text, after the `collect` functions of this isolate. @internal */
export async function textOf(
  registry: AnyContent,
  { own = false, collectTimeout }: ScrapeOptions,
  format = formatOf(registry),
): Promise<string> {
  const { _metrics, _defaultLabels } = registry;
  const pending = collectAll(_metrics);
  if (pending !== null) await pending;
  const wait = collectTimeout === undefined ? {} : { collectWaitMs: collectTimeout };
  const shared = look(registry, async (scope, view) =>
    readAsShown(_metrics, scope, format, { ...view, ...wait, own }),
  );
  const foreign = allForeign(_metrics, async (metric) =>
    encodeForeign(metric, _defaultLabels, format),
  );
  return joined((await Promise.all([shared, foreign])).flat(), format);
}

/** The text of one metric, without a line end. @internal */
export async function textOfOne(registry: AnyContent, metric: Registered): Promise<string> {
  const format = formatOf(registry);
  if (!isMember(metric)) {
    return collecting(async () => encodeForeign(metric, registry._defaultLabels, format));
  }
  const pending: unknown = metric.collect && collecting(() => metric.collect?.());
  if (pending instanceof Promise) await pending;
  const { name } = metric;
  const texts = await look(registry, async (scope, view) => {
    const names = view.names?.includes(name) === false ? [] : [name];
    return readAsShown(registry._metrics, scope, format, { ...view, names });
  });
  return withoutEnd(joined(texts, format));
}

/** The text of what is there, with labels as this isolate shows them. */
async function readAsShown(
  metrics: Contents,
  scope: Scope,
  format: Format,
  view: View,
): Promise<string> {
  const text = await readText(scope, format, view);
  return membersIn(metrics).reduce((shown, metric) => metric.relabel(shown), text);
}

/** The metrics of the whole application as data, after the `collect` functions of this isolate. @internal */
export async function dataOf(
  registry: AnyContent,
): Promise<MetricObjectWithValues<MetricValue<string>>[]> {
  const { _metrics, _defaultLabels } = registry;
  const pending = collectAll(_metrics);
  if (pending !== null) await pending;
  const shared = look(registry, async (scope, view) => {
    const families = await readFamilies(scope, view);
    const origin = originOf(scope);
    return families.map((family) => {
      const metric = metricIn(_metrics, family.name);
      if (!isMember(metric)) return Object.assign(unknownFamily(family), origin);
      const values = metric.presentFamily(family) as ForeignValues;
      // What a merged registry shows of its parts has their default labels.
      const defaults = isInSource(plain(registry), metric) ? {} : metric.defaultsOf(_defaultLabels);
      return Object.assign(withDefaults(values, defaults), origin);
    });
  });
  const foreign = allForeign(_metrics, async (metric) => valuesOf(metric, _defaultLabels));
  const all: unknown[][] = await Promise.all([shared.then((families) => families.flat()), foreign]);
  return all.flat() as MetricObjectWithValues<MetricValue<string>>[];
}

/** What external metrics say: like `collect` functions, they may read other metrics. */
async function allForeign<Said>(
  metrics: Contents,
  ask: (metric: ForeignMetric) => Promise<Said>,
): Promise<Said[]> {
  const foreign = foreignIn(metrics);
  return foreign.length === 0 ? [] : collecting(async () => Promise.all(foreign.map(ask)));
}

/** Chooses by aggregator; what has none is summed up. @internal */
export function hasAggregator(
  wanted: string | undefined,
): (metric: { aggregator?: string }) => boolean {
  return ({ aggregator = 'sum' }) => wanted === undefined || aggregator === wanted;
}
