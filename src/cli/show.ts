// `mpmetrics show`: the metrics of an application, as on its page.

import { MpmetricsError } from '../errors';
import { familyOf } from '../present/family-of';
import { choiceOf, isSet, textOf, WELL, type Command, type Option } from './command';
import { heapFor, type Listed } from './heaps';
import { heapData, liveProcesses, stateText } from './ls';
import { JSON_OPTION, FILTER, REGISTRY } from './options';
import { paint, print, printBytes, printJson } from './output';
import { familiesLike } from './pattern';
import { Reading, type Family, type PageFormat, type Wanted } from './reading';
import { bytes, counted, duration } from '../present/units';

const FORMAT: Option = {
  type: 'string',
  short: 'f',
  choices: ['text', 'openmetrics', 'protobuf', 'json'],
  help: 'the format (text)',
};

/** The command. @internal */
export const show: Command = {
  name: 'show',
  summary: 'the metrics of an application, also of one that is blocked or has ended',
  words: '[NAME|PID]',
  count: [0, 1],
  options: { format: FORMAT, filter: FILTER, registry: REGISTRY, json: JSON_OPTION },
  notes:
    'An application that ran with MPMETRICS_KEEP=600 can be shown for 600 seconds after its end. --json is the same as\n' +
    '--format json.',
  async run(given) {
    const format = isSet(given, 'json') ? 'json' : choiceOf(given, 'format', FORMAT, 'text');
    const heap = heapFor(given.positionals[0]);
    const reading = new Reading(heap);
    try {
      const filter = textOf(given, 'filter');
      const registry = textOf(given, 'registry');
      if (format === 'json') {
        const families = await chosen(reading, { registry }, filter);
        await printJson({ heap: await heapData(heap), families: families.map(familyOf) });
        return WELL;
      }
      const samples =
        filter === undefined
          ? undefined
          : (await chosen(reading, { registry }, filter)).map(({ name }) => name);
      if (process.stderr.isTTY && process.stdout.isTTY) process.stderr.write(`${headline(heap)}\n`);
      const text = await reading.text(format as PageFormat, { registry, samples });
      await (format === 'protobuf' ? printBytes(text) : print(withDimComments(text.toString())));
      return WELL;
    } finally {
      reading.close();
    }
  },
};

/** The families that a filter admits. Rejects with an `MpmetricsError` if there are none. @internal */
export async function chosen(
  reading: Reading,
  wanted: Wanted,
  filter: string | undefined,
): Promise<Family[]> {
  const families = await reading.families(wanted);
  const found = filter === undefined ? families : families.filter(familiesLike(filter));
  if (found.length > 0 || families.length === 0) return found;
  throw noSuchFamily(`has "${filter ?? ''}" in its name`, families);
}

/** The error for a missing family. @internal */
export function noSuchFamily(which: string, families: readonly { name: string }[]): MpmetricsError {
  const most = 20;
  const names = families.slice(0, most).map(({ name }) => name);
  if (families.length > most) names.push(`and ${families.length - most} more`);
  return new MpmetricsError(
    'MPMETRICS_NO_SUCH_METRIC',
    `No metric ${which}. There are: ${names.join(', ') || 'none'}.`,
  );
}

/** The line above the page on a terminal. */
function headline(heap: Listed): string {
  const { title, info } = heap;
  const parts = [
    paint('bold', title),
    stateText(heap),
    counted(liveProcesses(heap), 'process', 'processes'),
  ];
  if (info !== undefined) {
    parts.push(counted(info.series, 'series', 'series'), bytes(info.bytes));
    parts.push(`made ${duration(Date.now() / 1000 - info.createdAt)} ago`);
  }
  return parts.join(paint('dim', ' · '));
}

function withDimComments(text: string): string {
  return text.replaceAll(/^#.*$/gm, (line) => paint('dim', line));
}
