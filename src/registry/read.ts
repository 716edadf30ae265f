// Reading a registry, as text and as data.

import { valuesOf, withDefaults, type ExternalValues } from '../present/external-metric';
import { encodeExternal } from '../present/external-text';
import type { MetricObjectWithValues, MetricValue } from '../present/metric-object';
import {
  collecting,
  isOpenMetrics,
  isThenable,
  readFamilies,
  readText,
  type Format,
  type Scope,
  type View,
} from '../heap/request';
import { originOf } from '../present/origin';
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

/**
 * The format of prom-client's API for a registry. For OpenMetrics it is prom-client's own dialect, and only this
 * function chooses that dialect.
 * @internal
 */
export function formatOf(contentType: RegistryContentType): Format {
  return contentType === openMetricsContentType ? 'openmetrics-prom-client' : 'text';
}

/** The metrics of the whole application as text. The `collect` functions of this isolate run first. @internal */
export async function textOf(
  shown: MergedView,
  format: Format,
  { own = false, collectTimeout }: ScrapeOptions = {},
): Promise<string> {
  const pending = shown.metrics.collect();
  if (pending !== null) await pending;
  const wait = collectTimeout === undefined ? {} : { collectWaitMs: collectTimeout };
  const texts = readHeaps(shown, async (scope, view) =>
    readText(scope, format, { ...view, ...wait, own }),
  );
  const { defaultLabels } = shown.location;
  const external = shown.metrics.external(async (metric) =>
    encodeExternal(metric, defaultLabels, format),
  );
  return joined((await Promise.all([texts, external])).flat(), format);
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

/** The end of an OpenMetrics exposition. */
const END = '# EOF\n';

/** Several expositions as one, in prom-client's layout. @internal */
export function joined(texts: readonly string[], format: Format): string {
  const [only] = texts;
  if (only !== undefined && texts.length === 1 && only !== '') return only;
  const bodies = texts.map((text) => withoutEnd(text)).filter((text) => text !== '');
  return isOpenMetrics(format) ? [...bodies, END].join('\n') : `${bodies.join('\n\n')}\n`;
}

/** An exposition without its end. */
function withoutEnd(text: string): string {
  if (text === END) return '';
  // A regular expression would look at each line, and a text may have megabytes.
  const body = text.endsWith(`\n${END}`) ? text.slice(0, -END.length - 1) : text;
  return body.endsWith('\n') ? body.slice(0, -1) : body;
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
    return readText(scope, format, { ...view, names });
  });
  return withoutEnd(joined(texts, format));
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
    const origin = originOf(scope);
    return families.map((family) => {
      const metric = metrics.get(family.name);
      if (!isOwn(metric)) return Object.assign(unknownFamily(family), origin);
      const values = metric[SERIES].presentFamily(family) as ExternalValues;
      // A metric of a source has the default labels of that source.
      const defaults = shown.isInSource(metric) ? {} : metric[SERIES].defaultsOf(defaultLabels);
      return Object.assign(withDefaults(values, defaults), origin);
    });
  });
  const external = metrics.external(async (metric) => valuesOf(metric, defaultLabels));
  const all: unknown[][] = await Promise.all([
    shared.then((families) => families.flat()),
    external,
  ]);
  return all.flat() as MetricObjectWithValues<MetricValue<string>>[];
}

/** Selects metrics by aggregator. A metric without one has `sum`. @internal */
export function hasAggregator(
  wanted: string | undefined,
): (metric: { aggregator?: string }) => boolean {
  return ({ aggregator = 'sum' }) => wanted === undefined || aggregator === wanted;
}
