// `mpmetrics check`: the names, help texts and units of metrics, by the rules of Prometheus' own tools.

import { createReadStream } from 'fs';
import { MpmetricsError } from '../errors';
import {
  isNameOfPromClient,
  problemsOf,
  type LintProblem,
  type LintedFamily,
} from '../present/naming';
import { FAULT, isSet, Misuse, numberOf, textOf, textsOf, WELL, type Command } from './command';
import { heapFor, ownHeaps } from './heaps';
import { JSON_OPTION, REGISTRY } from './options';
import { paint, print, printJson, table } from './output';
import { familiesOfText } from './parse';
import { familiesNamed } from './pattern';
import { Reading } from './reading';
import { counted, number } from '../present/units';
import { labelsOf } from './values';

/** The most bytes of a text, 256 MiB. Some files never end, such as /dev/zero. */
const MOST_BYTES = 2 ** 28;

/** A family, and its number of series. */
type Checked = LintedFamily & { readonly series: number };

/** The command. @internal */
export const check: Command = {
  name: 'check',
  summary: 'names, help, units and cardinality of metrics, by the rules of promtool',
  words: '[NAME|PID|FILE|URL]',
  count: [0, 1],
  options: {
    'max-series': {
      type: 'string',
      short: 'm',
      value: 'NUMBER',
      help: 'a metric with more series is a problem (1000)',
    },
    ignore: {
      type: 'string',
      value: 'NAME',
      isRepeatable: true,
      help: 'leave this metric out; * stands for anything, and the option can be repeated',
    },
    cardinality: { type: 'boolean', short: 'c', help: 'list the metrics with the most series' },
    registry: REGISTRY,
    json: JSON_OPTION,
  },
  notes:
    'A file or an address holds metrics in the text format; - is standard input. The exit code is 1 if there are problems.\n' +
    'A default metric whose name prom-client has given is a note, not a problem.',
  async run(given) {
    const most = numberOf(given, 'max-series', 1000, [1, Number.MAX_SAFE_INTEGER]);
    const isIgnored = familiesNamed(textsOf(given, 'ignore'));
    const all = await familiesAt(given.positionals[0], textOf(given, 'registry'));
    const families = all.filter((family) => !isIgnored(family));
    const [notes, problems]: LintProblem[][] = [[], []];
    for (const family of families) {
      const { name, series } = family;
      (isNameOfPromClient(name) ? notes : problems).push(...problemsOf(family));
      if (series > most) {
        const problem = `it has ${number(series)} series, more than ${number(most)}`;
        problems.push({ metric: name, problem });
      }
    }
    const largest = largestOf(families);
    if (isSet(given, 'json')) {
      const cardinality = largest.map(({ name, series }) => ({ metric: name, series }));
      await printJson({ metrics: families.length, problems, notes, cardinality });
    } else {
      if (isSet(given, 'cardinality')) await print(`${cardinalityTable(largest)}\n`);
      await print(report(families, problems, notes));
    }
    return problems.length > 0 ? FAULT : WELL;
  },
};

/** The families with the most series. */
function largestOf(families: readonly Checked[]): Checked[] {
  const sorted = [...families];
  sorted.sort((one, other) => other.series - one.series);
  return sorted.slice(0, 20);
}

function cardinalityTable(largest: readonly Checked[]): string {
  const columns = [{ title: 'METRIC' }, { title: 'SERIES', isNumber: true }, { title: 'LABELS' }];
  return table(
    columns,
    largest.map(({ name, series, labels }) => [name, number(series), labels.join(', ')]),
  );
}

function report(
  families: readonly Checked[],
  problems: readonly LintProblem[],
  notes: readonly LintProblem[],
): string {
  const all = counted(families.length, 'metric');
  const found = problems.length === 0 ? 'no problem' : counted(problems.length, 'problem');
  const noted = notes.length === 0 ? '' : `, ${counted(notes.length, 'note')}`;
  const lines = [
    ...problems.map(({ metric, problem }) => `${paint('bold', metric)}: ${problem}`),
    ...notes.map(({ metric, problem }) =>
      paint('dim', `${metric}: ${problem} (a note: prom-client has given this name)`),
    ),
  ];
  if (lines.length > 0) lines.push('');
  return [
    ...lines,
    paint(problems.length === 0 ? 'green' : 'red', `${all}: ${found}${noted}.`),
  ].join('\n');
}

/** The families of a heap, a file or an address. Rejects with an `MpmetricsError` for any other word. */
async function familiesAt(
  word: string | undefined,
  registry: string | undefined,
): Promise<Checked[]> {
  const text = word === undefined ? undefined : await textAt(word);
  if (text === undefined) return ofHeap(word, registry);
  if (registry !== undefined) {
    throw new Misuse(
      '--registry chooses a part of a heap, and there is none in a file or at an address.',
    );
  }
  const families = familiesOfText(text);
  if (families.length > 0 || text.trim() === '') return families;
  throw new MpmetricsError(
    'MPMETRICS_BAD_ARGUMENT',
    `${word ?? ''} holds no metrics in the text format.`,
  );
}

/** The text of a file or an address; undefined for a word that is neither. */
async function textAt(word: string): Promise<string | undefined> {
  if (/^https?:\/\//.test(word)) return fetched(word);
  if (word === '-') return received(process.stdin, 'standard input');
  // A heap has precedence over a file of its name, which can be written with its folder: ./shop.
  const isPath = word.includes('/');
  if (
    !isPath &&
    ownHeaps().some(({ title, application }) => title === word || application === word)
  ) {
    return undefined;
  }
  try {
    return await received(createReadStream(word, { highWaterMark: 2 ** 20 }), word);
  } catch (error) {
    if (error instanceof MpmetricsError) throw error;
    if (!isPath) return undefined;
    const { message } = error as Error;
    throw new MpmetricsError('MPMETRICS_BAD_ARGUMENT', `${word} can't be read: ${message}`);
  }
}

async function fetched(url: string): Promise<string> {
  const refused = (why: string): MpmetricsError =>
    new MpmetricsError('MPMETRICS_BAD_ARGUMENT', `${url} gave no metrics: ${why}`);
  let response: Response;
  try {
    response = await fetch(url, { headers: { accept: 'text/plain;version=0.0.4' } });
  } catch (error) {
    const { cause, message } = error as Error;
    throw refused(cause instanceof Error ? cause.message : message);
  }
  if (!response.ok) throw refused(`status ${response.status}`);
  return received(response.body ?? [], url);
}

/** The whole text of a stream. Rejects with an `MpmetricsError` if it is too long. */
async function received(
  stream: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  from: string,
): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of stream) {
    bytes += chunk.length;
    if (bytes > MOST_BYTES) {
      throw new MpmetricsError(
        'MPMETRICS_BAD_ARGUMENT',
        `${from} holds more than 256 MiB, too much for a page of metrics.`,
      );
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

async function ofHeap(word: string | undefined, registry: string | undefined): Promise<Checked[]> {
  const reading = new Reading(heapFor(word));
  try {
    const families = await reading.families({ registry, isWithoutOwn: true });
    return families.map(({ name, help, kind, series }) => {
      const labels = new Set(series.flatMap((each) => labelsOf(each).map(([label]) => label)));
      const type = kind === 'info' || kind === 'enum' ? 'gauge' : kind;
      const shown = kind === 'info' ? `${name.replace(/_info$/, '')}_info` : name;
      return { name: shown, help, type, labels: [...labels], series: series.length };
    });
  } finally {
    reading.close();
  }
}
