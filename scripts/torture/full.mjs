// No memory: shared memory that is full, before and during the growth of a heap, read-only, or missing, and a process
// that cannot open more files.
//
// An update must never throw, and no process may die of SIGBUS. Dropped series are reported once and counted. Room that
// becomes free is used, and no file is left. All of this happens in a separate mount namespace.
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statfsSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { heapName, item, progress, short, times, unavailable } from './support/item.mjs';
import { isInside, mount, runInside, unmount, whyNot } from './support/namespace.mjs';
import { DIRECTORY } from './support/files.mjs';
import {
  again,
  alonePart,
  exhaust,
  explode,
  exploded,
  fresh,
  grow,
  known,
  refresh,
  relax,
  remove,
  state,
  update,
} from './full/parts.mjs';
import { Actor } from '../../__test__/multiprocess/support/acting.mjs';

const MIB = 2 ** 20;
const SIZE = (short ? 16 : 64) * MIB;
const ASKED = (short ? 25 : 100) * MIB;
/** How often memory is full during growth. */
const ROUNDS = times(10, 500);
const FILLER = `${DIRECTORY}/filler`;
/** Devices that every process needs to start. */
const DEVICES = ['null', 'zero', 'random', 'urandom', 'tty'];
/** The longest number of updates between two retries. */
const PATIENCE = 64;

const denied = isInside ? undefined : whyNot();
if (!isInside && denied === undefined) runInside();

// The warnings are counted, and need not be printed.
process.env.NODE_NO_WARNINGS = '1';
process.env.MPMETRICS_NAME = heapName;

await item(async ({ figures, check }) => {
  await descriptors({ figures, check: named(check, 'descriptors') });
  // The last one leaves no /dev/shm.
  const scenarios = { full, overflow, growing, create, inodes, readOnly, missing };
  for (const [name, scenario] of Object.entries(scenarios)) {
    if (denied === undefined) await scenario({ figures, check: named(check, name) });
    else unavailable(figures, name, denied);
  }
});

/** A small memory, and requests for half as much again. */
async function full({ figures, check }) {
  mountShared(SIZE);
  const [writer, neighbour] = [new Actor('fork'), new Actor('fork')];
  await neighbour.run(known);
  await writer.run(known);
  const series = await writer.run(grow, { bytes: ASKED });
  const before = await neighbour.run(state);
  check(before.droppedFull > 0, 'nothing was dropped');
  check(series.thrown === undefined, `an update threw ${series.thrown}`);
  check(series.reports.join() === 'MPMETRICS_FULL', `reported: ${series.reports}`);
  const isMost = before.bytes > 0.75 * SIZE && before.bytes <= SIZE;
  check(isMost, `${before.bytes} of ${SIZE} bytes are used`);
  // An alarm would use this metric of the heap itself.
  check(before.shown === before.droppedFull, `${before.shown} dropped series are shown`);
  check(before.known === 2, `known series count ${before.known}`);

  // Room by removal: the dropped series are created now.
  const removed = await writer.run(remove, { count: 1000, asked: series.asked });
  check(removed.made > 0, 'what was removed made no room');
  // Room by a larger file system. The heap gets no notice of it.
  mount('-o', `remount,size=${2 * SIZE}`, DIRECTORY);
  const missed = await writer.run(again, { count: series.asked, tries: PATIENCE });
  check(missed === 0, `${missed} series are still dropped`);
  const after = await neighbour.run(state);
  figures.full = {
    askedMiB: ASKED / MIB,
    heapMiB: Math.round(before.bytes / MIB),
    dropped: before.droppedFull,
    reports: series.reports.length,
    heapMiBAfterwards: Math.round(after.bytes / MIB),
  };
  await leave([writer, neighbour], check);
}

/** Ten writers with an exploding label in a small memory. Five are killed meanwhile, and no acknowledged count is missing. */
async function overflow({ figures, check }) {
  mountShared(8 * MIB);
  const folder = mkdtempSync(join(tmpdir(), 'mpmetrics-'));
  const acknowledgements = join(folder, 'acknowledgements');
  const reader = new Actor('fork');
  await reader.run(exploded);
  const writers = Array.from({ length: 10 }, () => new Actor('fork'));
  writeFileSync(acknowledgements, new Float64Array(writers.length));
  const counts = () => new Float64Array(Uint8Array.from(readFileSync(acknowledgements)).buffer);
  const count = short ? 3000 : 100_000;
  // All writers have declared the counter before memory is full.
  for (const [prefix, writer] of writers.entries()) {
    await writer.run(explode, { prefix: `first-${prefix}`, count: 1 });
  }
  const [victims, others] = [writers.slice(0, 5), writers.slice(5)];
  const work = writers.map(async (writer, row) =>
    writer.run(explode, { prefix: row, count, length: 600, acknowledgements, row }),
  );
  const deaths = victims.map(async (victim, row) => {
    while (counts()[row] < Math.random() * count) await sleep(5);
    await victim.kill();
  });
  const ended = Promise.allSettled(work.slice(0, victims.length));
  await Promise.all([...deaths, ...work.slice(victims.length)]);
  await ended;
  const acknowledged = counts().reduce((sum, one) => sum + one, writers.length);
  const killed = counts().filter((one) => one < count).length;
  rmSync(folder, { recursive: true });
  const found = await reader.run(exploded);
  check(killed > 0, 'no writer was killed in the middle of its work');
  check(found.overflow > 0, 'no series was missing');
  // The update in which a writer is killed may be counted.
  const isRight = found.sum >= acknowledged && found.sum <= acknowledged + victims.length;
  check(isRight, `${found.sum} of ${acknowledged} were counted`);
  figures.overflow = { writers: writers.length, killed, acknowledged, ...found };
  await leave([reader, ...others], check);
}

/** Other programs take and free memory while heaps grow. */
async function growing({ figures, check }) {
  mountShared(SIZE);
  const writer = new Actor('fork');
  let dropped = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    // From less than a heap needs at first, to some steps of growth.
    fill(Math.floor(Math.random() * 600_000));
    const first = await writer.run(fresh, { name: `${process.pid}-${round}`, count: 200 });
    check(first.thrown === undefined, `an update threw ${first.thrown}`);
    rmSync(FILLER);
    const missed = await writer.run(refresh, { count: 200, tries: PATIENCE });
    check(missed === 0, `${missed} series are dropped in round ${round}, with room`);
    dropped += first.dropped;
    if (round % 100 === 99) progress(`round ${round + 1} of ${ROUNDS}`);
  }
  figures.growing = { rounds: ROUNDS, dropped };
  await leave([writer], check);
}

/** There is no room for a heap, or for a part of it. */
async function create({ figures, check }) {
  const codes = new Set();
  for (const free of [0, 4096, 32_768, 65_536]) {
    mountShared(SIZE);
    fill(free);
    await alone({ check, codes });
    rmSync(FILLER);
    await leave([], check);
  }
  figures.create = [...codes].join();
}

/** There is room, but for no more files. */
async function inodes({ figures, check }) {
  const codes = new Set();
  for (const left of [1, 2, 3, 4]) {
    mount('-t', 'tmpfs', '-o', `size=${SIZE},nr_inodes=${left}`, 'tmpfs', DIRECTORY);
    await alone({ check, codes });
    await leave([], check);
  }
  figures.inodes = [...codes].join();
}

/** The directory is read-only. */
async function readOnly({ figures, check }) {
  const codes = new Set();
  mountShared(SIZE);
  mount('-o', 'remount,ro', DIRECTORY);
  await alone({ check, codes });
  await leave([], check);
  figures.readOnly = [...codes].join();
}

/** There is no /dev/shm: another /dev without it. */
async function missing({ figures, check }) {
  const codes = new Set();
  mount('-t', 'tmpfs', 'tmpfs', '/mnt');
  for (const device of DEVICES) {
    writeFileSync(`/mnt/${device}`, '');
    mount('--bind', `/dev/${device}`, `/mnt/${device}`);
  }
  mount('--rbind', '/mnt', '/dev');
  check(!existsSync(DIRECTORY), 'it is there');
  await alone({ check, codes });
  figures.missing = [...codes].join();
}

/** A process without a heap counts for itself: one report, and everything works. */
async function alone({ check, codes }) {
  const actor = new Actor('fork');
  const { opened, ...own } = await actor.run(alonePart);
  codes.add(opened);
  check(own.thrown === undefined, `an update threw ${own.thrown}`);
  check(opened?.startsWith('MPMETRICS_') || own.isShared, `open() says ${opened}`);
  check(own.isShared || own.reports.join() === 'MPMETRICS_NO_SHARED_MEMORY', `${own.reports}`);
  check(own.text.includes('\nknown_total 1\n'), 'its own metrics are not right');
  const { code, signal } = await actor.leave();
  check(code === 0, `it ended with ${code ?? signal}`);
}

/** No more files can be opened, before there is a heap, and while it grows. */
async function descriptors({ figures, check }) {
  const early = new Actor('fork');
  await early.run(exhaust);
  const first = await early.run(alonePart);
  check(first.thrown === undefined, `an update threw ${first.thrown}`);
  check(first.opened?.startsWith('MPMETRICS_'), `open() says ${first.opened}`);
  const late = new Actor('fork');
  await late.run(fresh, { name: `${heapName}-late`, count: 10 });
  await late.run(exhaust);
  await late.run(update, { count: 4000, tries: 1 });
  const grown = await late.run(relax);
  const missed = await late.run(refresh, { count: 4000, tries: PATIENCE });
  check(grown > 0, 'nothing was dropped');
  check(missed === 0, `${missed} series are still dropped`);
  figures.descriptors = { atCreate: first.opened, droppedInGrowth: grown };
  for (const actor of [early, late]) {
    const { code, signal } = await actor.leave();
    check(code === 0, `it ended with ${code ?? signal}`);
  }
}

function mountShared(size) {
  mount('-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', DIRECTORY);
}

/** Leaves the given number of bytes. */
function fill(free) {
  const { bavail, bsize } = statfsSync(DIRECTORY);
  writeFileSync(FILLER, Buffer.alloc(Math.max(bavail * bsize - free, 0)));
}

/** All processes leave, and no file may be left. */
async function leave(actors, check) {
  for (const actor of actors) {
    const { code, signal } = await actor.leave();
    check(code === 0, `a process ended with ${code ?? signal}`);
  }
  check(readdirSync(DIRECTORY).length === 0, `left behind: ${readdirSync(DIRECTORY)}`);
  unmount(DIRECTORY);
}

function named(check, scenario) {
  return (isRight, fault) => check(isRight, `${scenario}: ${fault}`);
}
