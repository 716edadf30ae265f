// Births and deaths in every order. The next start removes leftover files, and no process sees old data, or uses a heap
// whose names are removed.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, rmSync } from 'node:fs';
import { heapName, item, progress, times } from './support/item.mjs';
import { DIRECTORY, filesOf, heapsOf } from './support/files.mjs';
import { isInside, ownSharedMemory } from './support/namespace.mjs';
import { Actor } from '../../__test__/multiprocess/support/acting.mjs';

ownSharedMemory();
const ROUNDS = times(2, 100);
const RACES = times(300, 10_000);
process.env.NODE_NO_WARNINGS = '1';

await item(async ({ figures, check }) => {
  const cases = {
    primaryDiesFirst,
    allDie,
    orphans,
    sameNameAtOnce,
    childOutlivesParent,
    emptiedEnvironment,
    exitInTheMiddle,
    filesRemovedByHand,
    observerStays,
  };
  for (const [name, run] of Object.entries(cases)) {
    for (let round = 0; round < ROUNDS; round += 1) {
      process.env.MPMETRICS_NAME = `${heapName}-${name}-${round}`;
      await run((isRight, fault) => check(isRight, `${name}: ${fault}`));
    }
    progress(`${name}, ${ROUNDS} times`);
  }
  figures.cases = Object.keys(cases).length;
  figures.rounds = ROUNDS;
  figures.races = await race(check);
});

/** The primary is killed, and its workers continue. */
async function primaryDiesFirst(check) {
  const [primary, ...workers] = actors(3);
  for (const one of [primary, ...workers]) await one.run(count);
  await primary.kill();
  check((await workers[0].run(count)) === 4, 'counts are lost with the primary');
  const late = new Actor('fork');
  check((await late.run(count)) === 5, 'who comes later is in another heap');
  await leave([...workers, late], check);
}

/** All are killed, and the next run begins at zero. */
async function allDie(check) {
  const all = actors(3);
  for (const one of all) await one.run(count);
  const old = heapsOf(all[0].pid);
  for (const one of all) await one.kill();
  check(!isInside || filesOf(old).length > 0, 'nothing was left to be found');
  const next = new Actor('fork');
  check((await next.run(count)) === 1, 'a fresh run sees old data');
  await leave([next], check);
  check(filesOf(old).length === 0, `left behind: ${filesOf(old)}`);
}

/** The next start removes the files of other runs, under any name. */
async function orphans(check) {
  const old = [];
  for (let run = 0; run < 3; run += 1) {
    const [one] = actors(1, { MPMETRICS_NAME: `${process.env.MPMETRICS_NAME}-${run}` });
    await one.run(count);
    old.push(...heapsOf(one.pid));
    await one.kill();
  }
  check(!isInside || filesOf(old).length > 0, 'nothing was left to be found');
  const next = new Actor('fork');
  await next.run(count);
  check(filesOf(old).length === 0, `left behind: ${filesOf(old)}`);
  await leave([next], check);
}

/** Several processes create the heap of one name at once: all are in one heap. */
async function sameNameAtOnce(check) {
  const all = actors(6);
  await Promise.all(all.map((one) => one.run(count)));
  check((await all[0].run(count)) === 7, 'there are several heaps of one name');
  await leave(all, check);
}

/** An orphaned child continues, and later processes share its heap. */
async function childOutlivesParent(check) {
  const parent = new Actor('fork');
  const pid = await parent.run(async (client) => {
    new client.Counter({ name: 'counted_total', help: 'H' }).inc();
    const { spawn: begin } = process.getBuiltinModule('child_process');
    const code = `const { Counter } = require('mpmetrics');
      const counter = new Counter({ name: 'counted_total', help: 'H' });
      counter.inc();
      console.log('ready');
      setInterval(() => undefined, 1000);
      process.on('SIGTERM', () => process.exit());`;
    const child = begin(process.execPath, ['-e', code], { detached: true, stdio: 'pipe' });
    await new Promise((resolve) => child.stdout.once('data', resolve));
    child.unref();
    return child.pid;
  });
  await parent.kill();
  const next = new Actor('fork');
  check((await next.run(count)) === 3, 'the child that stays is not found');
  process.kill(pid, 'SIGTERM');
  while (isThere(pid)) await new Promise((resolve) => setTimeout(resolve, 5));
  await leave([next], check);
}

/** A child without any environment has its own heap, and leaves no files. */
async function emptiedEnvironment(check) {
  const parent = new Actor('fork');
  await parent.run(count);
  const seen = await parent.run(async () => {
    const { execFileSync } = process.getBuiltinModule('child_process');
    const code = `const { Counter, register } = require('mpmetrics');
      new Counter({ name: 'counted_total', help: 'H' }).inc();
      register.metrics().then((text) => console.log(/^counted_total (.*)$/m.exec(text)[1]));`;
    return execFileSync(process.execPath, ['-e', code], { env: {} }).toString().trim();
  });
  check(seen === '1', `it sees ${seen}`);
  check((await parent.run(count)) === 2, 'it has disturbed its parent');
  await leave([parent], check);
}

/** process.exit() in the middle of work leaves no files, and loses no counts. */
async function exitInTheMiddle(check) {
  const stays = new Actor('fork');
  await stays.run(count);
  const code = `const { Counter, startHttpServer } = require('mpmetrics');
    const counter = new Counter({ name: 'counted_total', help: 'H' });
    startHttpServer({ port: 0 });
    counter.inc();
    setTimeout(() => process.exit(7), 10 * Math.random());
    (function go() { for (let n = 0; n < 1000; n += 1) counter.inc(0); setImmediate(go); })();`;
  const child = spawn(process.execPath, ['-e', code], { stdio: 'inherit' });
  const [status] = await once(child, 'exit');
  check(status === 7, `it ended with ${status}`);
  check((await stays.run(count)) === 3, 'what it counted is lost');
  await leave([stays], check);
}

/** A user removes all files of a heap in use. Its processes continue, and a later process creates another heap. */
async function filesRemovedByHand(check) {
  const [one, other] = actors(2);
  for (const each of [one, other]) await each.run(count);
  const heaps = heapsOf(one.pid);
  for (const name of filesOf(heaps)) rmSync(`${DIRECTORY}/${name}`);
  check((await one.run(count)) === 3, 'those who have it can not go on');
  const late = new Actor('fork');
  check((await late.run(count)) === 1, 'who comes later is in the old heap');
  check((await other.run(count)) === 4, 'those who have it are disturbed');
  await leave([one, other, late], check, heaps);
}

/** An observer does not keep a heap alive. The last writer removes it, and the observer sees the next one. */
async function observerStays(check) {
  const writer = new Actor('fork');
  await writer.run(count);
  const observer = new Actor('fork');
  const look = (client, kept, name) => {
    try {
      kept.heap ??= client.open({ name, mode: 'read' });
      return kept.heap.register.metrics().then(
        (text) => Number(/^counted_total (.*)$/m.exec(text)?.[1]),
        (error) => error.code,
      );
    } catch (error) {
      return error.code;
    }
  };
  const name = process.env.MPMETRICS_NAME;
  check((await observer.run(look, name)) === 1, 'the observer sees nothing');
  const heaps = heapsOf(writer.pid);
  await writer.leave();
  check(filesOf(heaps).length === 0, `the observer keeps ${filesOf(heaps)}`);
  const next = new Actor('fork');
  for (let counts = 1; counts <= 2; counts += 1) {
    check((await next.run(count)) === counts, 'a fresh run sees old data');
  }
  await observer.run((_, kept) => kept.heap.close());
  const seen = await observer.run((client, kept, given) => {
    kept.heap = client.open({ name: given, mode: 'read' });
    return kept.heap.register.metrics().then((text) => /^counted_total (.*)$/m.exec(text)[1]);
  }, name);
  check(seen === '2', `the observer sees ${seen} of the next run`);
  await observer.leave();
  await leave([next], check);
}

/**
 * Two processes join and leave one heap all the time. After each join, the process has mapped the heap of that name.
 */
async function race(check) {
  const [one, other] = actors(2);
  const name = `${heapName}-race`;
  const run = (actor) =>
    actor.run(
      (client, kept, given) => {
        const { readFileSync, statSync } = process.getBuiltinModule('fs');
        const lost = [];
        for (let turn = 0; turn < given.turns; turn += 1) {
          const heap = client.open({ name: given.name });
          const maps = readFileSync('/proc/self/maps', 'utf8');
          const mapped = [
            ...maps.matchAll(/ (\d+) +(\/dev\/shm\/mpm\.\w+\.\w+\.0)( \(deleted\))?$/gm),
          ];
          // A closed heap is unmapped some time later.
          const present = mapped.filter(([, inode, path, isDeleted]) => {
            if (isDeleted) return false;
            return String(statSync(path, { throwIfNoEntry: false })?.ino) === inode;
          });
          if (present.length === 0) lost.push(turn);
          heap.close();
        }
        return lost.length;
      },
      { name, turns: RACES / 2 },
    );
  const lost = await Promise.all([run(one), run(other)]);
  check(lost[0] + lost[1] === 0, `race: ${lost} have joined a heap whose name is gone`);
  await Promise.all([one, other].map((actor) => actor.leave()));
  return RACES;
}

/** Counts itself, and returns the total of the heap. */
async function count(client, kept) {
  kept.counter ??= new client.Counter({ name: 'counted_total', help: 'H' });
  kept.counter.inc();
  return Number(/^counted_total (.*)$/m.exec(await client.register.metrics())?.[1]);
}

function actors(howMany, environment = {}) {
  return Array.from({ length: howMany }, () => new Actor('fork', { environment }));
}

/** All processes leave, one after the other, and no file is left. */
async function leave(all, check, heaps = heapsOf(all[0].pid)) {
  for (const one of all) {
    const { code, signal } = await one.leave();
    check(code === 0, `one ended with ${code ?? signal}`);
  }
  check(filesOf(heaps).length === 0, `left behind: ${filesOf(heaps)}`);
}

function isThere(pid) {
  return readdirSync('/proc').includes(String(pid));
}
