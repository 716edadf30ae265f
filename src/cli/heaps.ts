// The heaps of this machine, and the heap for a command line.

import { listHeaps, observe, type HeapEntry, type HeapInfo } from '../heap/native';
import { applicationOf as applicationInFolder } from '../discovery/application';
import { MpmetricsError } from '../errors';
import { readableHeapName } from '../heap/heap-name';
import { callNative } from '../heap/native';

/** A heap of the list, with its figures. @internal */
export interface Listed {
  readonly entry: HeapEntry;
  /** The name; if it is unknown, the letters of the heap's files. */
  readonly title: string;
  /** The application: the name without the digits of discovery. */
  readonly application: string;
  /** The figures; undefined for a heap that cannot be read. */
  readonly info: HeapInfo | undefined;
  /** Why it cannot be read. */
  readonly reason: string | undefined;
  /** The processes that write, or the last ones if it has ended, in order. */
  readonly pids: readonly number[];
}

/** The digits behind an application's name. */
const DIGITS = /-[0-9a-f]{16}$/;

/** The application of a heap's name. @internal */
export function applicationOf(name: string): string {
  return name.replace(DIGITS, '');
}

/** All heaps of this machine, by name. @internal */
export function allHeaps(): Listed[] {
  return listHeaps().map((entry) => {
    const title = entry.name ?? entry.key;
    const { info, reason } = figuresOf(entry);
    const writers = info?.writers ?? [];
    const live = writers.filter((writer) => writer.live);
    const pids = (live.length > 0 ? live : writers).map(({ pid }) => pid);
    const unique = [...new Set(pids)];
    unique.sort((one, other) => one - other);
    return { entry, title, application: applicationOf(title), info, reason, pids: unique };
  });
}

/** The heaps of this user. @internal */
export function ownHeaps(): Listed[] {
  return allHeaps().filter(({ entry }) => entry.state !== 'foreign');
}

function figuresOf({ name, state }: HeapEntry): { info?: HeapInfo; reason?: string } {
  if (state === 'foreign') return { reason: 'it belongs to another user' };
  if (name === null) return { reason: 'its name is not known' };
  try {
    const heap = observe({ name });
    try {
      return { info: callNative(() => heap.info()) };
    } finally {
      heap.close();
    }
  } catch (error) {
    return { reason: (error as Error).message };
  }
}

/**
 * The heap for a word: a process, a name, an application, or the beginning of a name. Without a word, the only heap, or
 * the only one of the application in the working directory.
 * Throws an `MpmetricsError` with the names of all heaps.
 * @internal
 */
export function heapFor(word: string | undefined): Listed {
  const heaps = ownHeaps().filter(({ entry }) => entry.name !== null);
  const candidates = word === undefined ? heaps : meant(word, heaps);
  // Heaps of two layouts may have one name. Only the heap of this version can be read.
  const readable = candidates.filter(({ info }) => info !== undefined);
  const live = readable.filter(({ entry }) => entry.state === 'held');
  const found = live.length > 0 ? live : readable;
  const [only, ...others] = word === undefined ? preferred(found) : found;
  if (only !== undefined && others.length === 0) return only;
  if (only !== undefined) throw ambiguous(word, [only, ...others]);
  if (candidates[0] !== undefined) throw unreadable(candidates[0]);
  throw missing(word, heaps);
}

/** Of several heaps, the only one of the application in the working directory, if there is one. */
function preferred(heaps: readonly Listed[]): readonly Listed[] {
  if (heaps.length < 2) return heaps;
  const here = readableHeapName(applicationInFolder(undefined, process.cwd()).name);
  const own = heaps.filter(({ application }) => application === here);
  return own.length === 1 ? own : heaps;
}

function meant(word: string, heaps: readonly Listed[]): Listed[] {
  const tests: ((heap: Listed) => boolean)[] = [
    ({ title }) => title === word,
    ({ pids }) => /^\d+$/.test(word) && pids.includes(Number(word)),
    ({ application }) => application === word,
    ({ title }) => title.startsWith(word),
  ];
  for (const test of tests) {
    const found = heaps.filter(test);
    if (found.length > 0) return found;
  }
  return [];
}

function missing(word: string | undefined, heaps: readonly Listed[]): MpmetricsError {
  const isPid = word !== undefined && /^\d+$/.test(word);
  const what = isPid ? `that process ${word} writes to` : `named "${word}"`;
  const which = word === undefined ? 'There is no heap of this user.' : `There is no heap ${what}.`;
  const instead =
    heaps.length === 0
      ? 'No application of this user shares one: start it, or run "mpmetrics doctor" to see why it does not.'
      : `There are: ${described(heaps)}.`;
  return new MpmetricsError('MPMETRICS_NO_SUCH_HEAP', `${which} ${instead}`);
}

function ambiguous(word: string | undefined, heaps: readonly Listed[]): MpmetricsError {
  const which = word === undefined ? 'There are several heaps' : `"${word}" means several heaps`;
  return new MpmetricsError(
    'MPMETRICS_BAD_ARGUMENT',
    `${which}: ${described(heaps)}. Say which one, by its name or by a process.`,
  );
}

function unreadable({ title, reason }: Listed): MpmetricsError {
  return new MpmetricsError(
    'MPMETRICS_NO_SUCH_HEAP',
    `The heap ${title} can't be read: ${reason ?? ''}`,
  );
}

/** The names of heaps, with their processes. @internal */
export function described(heaps: readonly Listed[]): string {
  const most = 8;
  const shown = heaps.slice(0, most).map(({ title, pids, entry }) => {
    const end = pids.length > 3 ? ', …' : '';
    const who = entry.state === 'held' ? ` (${pids.slice(0, 3).join(', ')}${end})` : ' (ended)';
    return title + who;
  });
  if (heaps.length > most) shown.push(`and ${heaps.length - most} more`);
  return shown.join(', ');
}
