// `mpmetrics watch`: one metric, a line a second.

import { setTimeout as sleep } from 'timers/promises';
import { isSet, Misuse, numberOf, textOf, WELL, type Command } from './command';
import { heapFor } from './heaps';
import {
  measure,
  measureText,
  quantilesOf,
  quantileText,
  QUANTILES,
  rateOf,
  rateTextOf,
  type Measure,
} from './measure';
import { JSON_OPTION, REGISTRY, INTERVAL, COUNT } from './options';
import { aligned, jsonNumber, paint, print } from './output';
import { Reading, type Family } from './reading';
import { noSuchFamily } from './show';
import { labelOf, type Series } from './values';
import { counted } from '../present/units';

/** The command. @internal */
export const watch: Command = {
  name: 'watch',
  summary: 'one metric of an application, a line a second',
  words: 'METRIC [NAME|PID]',
  count: [1, 2],
  options: { interval: INTERVAL, count: COUNT, registry: REGISTRY, json: JSON_OPTION },
  notes:
    'METRIC is the name of a metric. Labels choose some of its series: \'requests_total{method="GET"}\'. Several series are\n' +
    'added up; of several gauges the least and the greatest are shown. Rates and quantiles are those of the last interval.',
  async run(given) {
    const [metric = '', word] = given.positionals;
    const selector = parseSelector(metric);
    const interval = numberOf(given, 'interval', 1, [0.05, 86_400]);
    const most = numberOf(given, 'count', Infinity, [1, Infinity]);
    const registry = textOf(given, 'registry');
    const reading = new Reading(heapFor(word));
    const ending = new AbortController();
    const end = (): void => ending.abort();
    process.once('SIGINT', end).once('SIGTERM', end);
    try {
      let before: Watched | undefined;
      let next = performance.now();
      for (let line = 0; line < most; line += 1) {
        const now = await watched(reading, selector, registry);
        await print(isSet(given, 'json') ? asJson(now, before) : asLine(now, before));
        before = now;
        next += interval * 1000;
        if (line + 1 < most) await paused(next - performance.now(), ending.signal);
        if (ending.signal.aborted) break;
      }
    } finally {
      process.off('SIGINT', end).off('SIGTERM', end);
      reading.close();
    }
    return WELL;
  },
};

/** Waits. The signal ends the wait. @internal */
export async function paused(milliseconds: number, signal: AbortSignal): Promise<void> {
  await sleep(Math.max(0, milliseconds), undefined, { signal }).catch(() => undefined);
}

/** A selection of series of one metric. */
interface Selector {
  readonly name: string;
  readonly labels: readonly (readonly [string, string])[];
}

/** A name, and labels with values in braces. Throws a `Misuse` for any other text. */
function parseSelector(text: string): Selector {
  const [, name = '', inner = ''] = /^\s*([^\s{}]+)\s*(?:\{(.*)\})?\s*$/.exec(text) ?? [];
  const pairs = [...inner.matchAll(/\s*([A-Za-z_]\w*)\s*=\s*"((?:[^"\\]|\\.)*)"\s*(?:,|$)/g)];
  const isWhole = pairs.reduce((length, [pair]) => length + pair.length, 0) === inner.length;
  if (name === '' || !isWhole) {
    throw new Misuse(
      `"${text}" is no metric: it must be like requests_total or requests_total{method="GET"}.`,
    );
  }
  const unescaped = (value: string): string =>
    value.replaceAll(/\\(.)/g, (_, letter: string) => (letter === 'n' ? '\n' : letter));
  return { name, labels: pairs.map(([, label = '', value = '']) => [label, unescaped(value)]) };
}

/** A reading of the chosen series. */
interface Watched {
  readonly time: number;
  readonly family: Family;
  readonly series: readonly Series[];
  readonly measure: Measure;
}

async function watched(
  reading: Reading,
  { name, labels }: Selector,
  registry: string | undefined,
): Promise<Watched> {
  const [family] = await reading.families({ registry, samples: [name] });
  if (family === undefined) {
    throw noSuchFamily(`is named "${name}"`, await reading.families({ registry }));
  }
  const series = family.series.filter((each) =>
    labels.every(([label, value]) => (labelOf(each, label) ?? '') === value),
  );
  return { time: performance.now() / 1000, family, series, measure: measure(family, series) };
}

function changeOf(
  { time, family, measure: after }: Watched,
  before: Watched | undefined,
): { rate: number; quantiles: readonly number[] } {
  return {
    rate: rateOf(family, before?.measure, after, time - (before?.time ?? time)),
    quantiles: quantilesOf(family, before?.measure, after),
  };
}

function asLine(now: Watched, before: Watched | undefined): string {
  const { family, series, measure: after } = now;
  const { rate, quantiles } = changeOf(now, before);
  const names = QUANTILES.map((quantile) => `p${100 * quantile}`);
  const shown = quantiles.map((value, index) => {
    const text = quantileText(family, value) || '–';
    return `${paint('dim', names[index] ?? '')} ${aligned(text, 8, true)}`;
  });
  return [
    paint('dim', new Date().toTimeString().slice(0, 8)),
    aligned(measureText(family, after, series[0]) || '–', 12, true),
    ...(Number.isNaN(rate) && before === undefined
      ? []
      : [aligned(rateTextOf(family, rate), 12, true)]),
    ...shown,
    ...(series.length === 1 ? [] : [paint('dim', counted(series.length, 'series', 'series'))]),
  ]
    .join('  ')
    .trimEnd();
}

function asJson(now: Watched, before: Watched | undefined): string {
  const { family, series, measure: after } = now;
  const { rate, quantiles } = changeOf(now, before);
  const { total, least, most } = after;
  const isGauge = family.kind === 'gauge';
  const data = {
    time: Date.now() / 1000,
    name: family.name,
    type: family.kind,
    series: series.length,
    ...(isGauge ? { least, most } : { total }),
    rate: Number.isNaN(rate) ? null : rate,
    quantiles: Object.fromEntries(
      quantiles.map((value, index) => [
        String(QUANTILES[index]),
        Number.isNaN(value) ? null : value,
      ]),
    ),
  };
  return JSON.stringify(data, jsonNumber);
}
