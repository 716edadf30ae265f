// `mpmetrics clean`: removes heaps that no process holds.

import { cleanHeaps } from '../heap/native';
import { isSet, WELL, type Command } from './command';
import { ownHeaps, type Listed } from './heaps';
import { heapData } from './ls';
import { JSON_OPTION } from './options';
import { print, printJson } from './output';
import { counted, duration } from '../present/units';

/** The command. @internal */
export const clean: Command = {
  name: 'clean',
  summary: 'removes heaps that no process holds',
  words: '',
  count: [0, 0],
  options: {
    kept: { type: 'boolean', short: 'k', help: 'those that MPMETRICS_KEEP keeps as well' },
    'dry-run': { type: 'boolean', short: 'n', help: 'remove nothing, say what would be removed' },
    json: JSON_OPTION,
  },
  async run(given) {
    const isKeptToo = isSet(given, 'kept');
    const heaps = ownHeaps();
    const mayGo = ({ entry }: Listed): boolean =>
      entry.state === 'left' || (entry.state === 'kept' && isKeptToo);
    const isDry = isSet(given, 'dry-run');
    // A heap that is removed cannot be read any more.
    const data = new Map<Listed, object>();
    if (isSet(given, 'json')) {
      for (const heap of heaps) data.set(heap, await heapData(heap));
    }
    const gone = isDry ? undefined : new Set(cleanHeaps(isKeptToo).map(({ gate }) => gate));
    const removed = heaps.filter((heap) =>
      gone === undefined ? mayGo(heap) : gone.has(heap.entry.gate),
    );
    const kept = heaps.filter(
      ({ entry }) => entry.state === 'kept' && gone?.has(entry.gate) !== true && !isKeptToo,
    );
    if (isSet(given, 'json')) {
      const dataOf = (heap: Listed): object | undefined => data.get(heap);
      await printJson({ removed: removed.map(dataOf), kept: kept.map(dataOf) });
      return WELL;
    }
    const verb = isDry ? 'would be removed' : 'removed';
    const lines = removed.map(({ title }) => `${verb}: ${title}`);
    for (const { title, entry } of kept) {
      const left = duration((entry.keptUntil ?? 0) - Date.now() / 1000);
      lines.push(`kept for ${left} more: ${title} (--kept removes it)`);
    }
    const held = heaps.filter(({ entry }) => entry.state === 'held').length;
    if (removed.length === 0) {
      lines.push(`Nothing to remove: processes hold ${counted(held, 'heap')} of this user.`);
    }
    await print(lines.join('\n'));
    return WELL;
  },
};
