// `mpmetrics ls`: the heaps of this user.

import { isSet, WELL, type Command } from './command';
import { ownHeaps, type Listed } from './heaps';
import { JSON_OPTION } from './options';
import { paint, print, printJson, table } from './output';
import { Reading } from './reading';
import { bytes, duration, number } from '../present/units';

/** The command. @internal */
export const ls: Command = {
  name: 'ls',
  summary: 'the heaps of this user: processes, series, memory, age',
  words: '',
  count: [0, 0],
  options: {
    names: { type: 'boolean', help: 'print the names only, one a line' },
    json: JSON_OPTION,
  },
  async run(given) {
    const heaps = ownHeaps();
    if (isSet(given, 'names')) {
      if (heaps.length > 0) await print(heaps.map(({ title }) => title).join('\n'));
    } else if (isSet(given, 'json')) {
      await printJson(await Promise.all(heaps.map(heapData)));
    } else if (heaps.length === 0) {
      await print(
        'No application of this user shares a heap. "mpmetrics doctor" says why, if one should.',
      );
    } else {
      await print(table(COLUMNS, heaps.map(row)));
    }
    return WELL;
  },
};

const COLUMNS = [
  { title: 'NAME' },
  { title: 'APPLICATION' },
  { title: 'PROCESSES', isNumber: true },
  { title: 'SERIES', isNumber: true },
  { title: 'MEMORY', isNumber: true },
  { title: 'AGE', isNumber: true },
  { title: 'STATE' },
];

function row(heap: Listed): string[] {
  const { title, application, info } = heap;
  if (info === undefined) return [title, application, '?', '?', '?', '?', stateText(heap)];
  return [
    paint('bold', title),
    application,
    number(liveProcesses(heap)),
    number(info.series),
    bytes(info.bytes),
    duration(Date.now() / 1000 - info.createdAt),
    stateText(heap),
  ];
}

/** How many processes write to a heap. @internal */
export function liveProcesses({ entry, pids }: Listed): number {
  return entry.state === 'held' ? pids.length : 0;
}

/** The state of a heap, for display. @internal */
export function stateText({ entry, info }: Listed): string {
  const { state, keptUntil } = entry;
  if (state === 'kept' && keptUntil !== null) {
    return paint('yellow', `ended, kept for ${duration(keptUntil - Date.now() / 1000)}`);
  }
  if (state === 'left') return paint('yellow', 'ended');
  if (info === undefined && state === 'held') return paint('yellow', `layout ${entry.layout}`);
  return paint('green', 'running');
}

/** A heap as data. The documentation describes this form, so it does not change. @internal */
export async function heapData(heap: Listed): Promise<object> {
  const { entry, title, application, info, reason, pids } = heap;
  return {
    name: entry.name,
    application: entry.name === null ? null : application,
    key: title === entry.name ? entry.key : title,
    state: entry.state,
    keptUntil: entry.keptUntil,
    layout: entry.layout,
    processes: liveProcesses(heap),
    pids,
    ...(info === undefined
      ? { reason }
      : {
          id: info.id,
          series: info.series,
          families: await familyCount(heap),
          bytes: info.bytes,
          usedBytes: info.usedBytes,
          createdAt: info.createdAt,
          droppedSeries: info.droppedSeries,
          conflicts: info.conflicts,
          writers: info.writers,
        }),
  };
}

/** How many metrics the application has on its page. Undefined: the heap has ended meanwhile. */
async function familyCount(heap: Listed): Promise<number | undefined> {
  try {
    const reading = new Reading(heap);
    try {
      return (await reading.families({ isWithoutOwn: true })).length;
    } finally {
      reading.close();
    }
  } catch {
    return undefined;
  }
}
