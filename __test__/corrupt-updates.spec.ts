// Updates in a corrupt heap: no error reaches the application, the user is warned once, and the count stays.

import test, { type ExecutionContext } from 'ava';
import { Counter, Histogram, open, Summary, type Registry } from '../index';
import type { Arena, Location } from '../src/heap/arena';
import { summarizedAt } from '../src/cell/summary-contribution';
import { windowsOf } from '../src/cell/windows';
import { Attachment } from '../src/heap/attachment';
import { layout } from '../src/heap/native';

/** No arena reaches that place. */
const OUTSIDE = 0xffff_fff0;
/** The labels of the series that counts for those that cannot be made. */
const OVERFLOW = 'otel_metric_overflow="true"';
/** More series than have a cell of their own. */
const MANY = 600;

interface Corruptible {
  readonly registers: [Registry];
  readonly attachment: Attachment;
  readonly isDirect: boolean;
  /** The directory entry of a series of the first metric. */
  entry(labels: string): Location;
  /** The cell of a series of the first metric. */
  cell(labels: string): Location;
  at(place: number): Location;
  close(): void;
}

/** A heap whose memory this test can change. Both connections of this isolate share the writer. */
function heap(t: ExecutionContext): Corruptible {
  const name = `corrupt-${process.pid}-${t.title.length}`;
  const opened = open({ name });
  const attachment = Attachment.writer({ name }, 'a test');
  const arena = attachment.arena as Arena;
  const at = (place: number): Location => arena.locate(place) as Location;
  const entry = (labels: string): Location => at(attachment.entryOf(0, labels, false));
  return {
    registers: [opened.register],
    attachment,
    isDirect: attachment.tier === 'direct',
    entry,
    cell: (labels) => {
      const { u32, base } = entry(labels);
      return at(u32[2 * (base + layout.entryCell)] as number);
    },
    at,
    close: () => {
      attachment.close();
      opened.close();
    },
  };
}

/** Calls a function, and returns how often the user was warned of a corrupt heap meanwhile. */
async function warningsOf(act: () => void): Promise<number> {
  let times = 0;
  const listener = (warning: Error & { code?: string }): void => {
    if (warning.code === 'MPMETRICS_CORRUPT') times += 1;
  };
  process.on('warning', listener);
  try {
    act();
    await new Promise(setImmediate);
  } finally {
    process.off('warning', listener);
  }
  return times;
}

function nativeHistogram(registers: [Registry]): Histogram<'l'> {
  return new Histogram({
    name: 'h',
    help: 'H',
    labelNames: ['l'],
    buckets: [],
    native: true,
    registers,
  });
}

function valueAt({ f64, base }: Location, word: number): number | undefined {
  return f64[base + word];
}

/** The index of the table's place in a native histogram's cell without classic bounds. */
function tableIndex({ base }: Location): number {
  return 2 * (base + layout.histogramBuckets + 1 + layout.nativeTable);
}

test.serial('a series whose cell lies outside of the arena is counted elsewhere', async (t) => {
  const { registers, entry, cell, close } = heap(t);
  const count = new Counter({ name: 'c_total', help: 'C', labelNames: ['l'], registers });
  for (let number = 0; number < MANY; number += 1) count.inc({ l: `l${number}` });
  const { u32, base } = entry(`l="l${MANY - 2}"`);
  u32[2 * (base + layout.entryCell)] = OUTSIDE;
  // The look-up moves to another series in between.
  const warnings = await warningsOf(() => {
    for (let time = 0; time < 3; time += 1) {
      t.notThrows(() => count.inc({ l: `l${MANY - 2}` }));
      t.notThrows(() => count.inc({ l: `l${MANY - 1}` }));
    }
  });
  t.is(warnings, 1);
  t.is(valueAt(cell(OVERFLOW), layout.counterValue), 3);
  t.is(valueAt(cell(`l="l${MANY - 1}"`), layout.counterValue), 4);
  close();
});

for (const capacity of [0xffff_ffff, 0x8000_0000, 0, 1, 12, 2048]) {
  test.serial(
    `a table of sparse buckets with the capacity ${capacity} is not searched`,
    async (t) => {
      const { registers, isDirect, cell, at, close } = heap(t);
      const seconds = nativeHistogram(registers);
      seconds.observe({ l: 'x' }, 1);
      const location = cell('l="x"');
      const table = at(location.u32[tableIndex(location)] as number);
      table.u32[2 * (table.base + layout.nativeCapacity)] = capacity;
      const warnings = await warningsOf(() => {
        for (let value = 2; value < 9; value += 1) {
          t.notThrows(() => seconds.observe({ l: 'x' }, value));
        }
      });
      if (isDirect) t.is(warnings, 1);
      t.is(valueAt(location, layout.histogramBuckets), 1);
      t.is(valueAt(cell(OVERFLOW), layout.histogramBuckets), 7);
      close();
    },
  );
}

test.serial('a table of sparse buckets outside of the arena is not searched', async (t) => {
  const { registers, isDirect, cell, close } = heap(t);

  const seconds = nativeHistogram(registers);
  seconds.observe({ l: 'x' }, 1);
  const location = cell('l="x"');
  location.u32[tableIndex(location)] = OUTSIDE;
  const warnings = await warningsOf(() => {
    for (let value = 2; value < 9; value += 1) {
      t.notThrows(() => seconds.observe({ l: 'x' }, value));
    }
  });
  if (isDirect) t.is(warnings, 1);
  t.is(valueAt(cell(OVERFLOW), layout.histogramBuckets), 7);
  close();
});

test.serial('the bins of a summary that lead back to themselves are read once', (t) => {
  const { registers, attachment, cell, at, close } = heap(t);
  const sizes = new Summary({ name: 's', help: 'S', labelNames: ['l'], registers });
  for (let time = 0; time < 40; time += 1) sizes.observe({ l: 'x' }, 1);
  const location = cell('l="x"');
  const last = layout.summaryWindows + layout.summaryWindowWords;
  const place = location.u32[2 * (location.base + last)] as number;
  const bins = at(place);
  bins.u32[2 * (bins.base + layout.extensionNext)] = place;
  const { count, windows } = summarizedAt(location, windowsOf(), attachment);
  t.is(count, 40);
  t.deepEqual(
    windows.map(({ points }) => points.map(([, weight]) => weight)),
    [[40]],
  );
  close();
});
