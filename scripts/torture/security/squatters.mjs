// Foreign files at the places of a heap's files.
import {
  chmodSync,
  chownSync,
  mkdirSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { heapName, unavailable } from '../support/item.mjs';
import { DIRECTORY, filesOf, heapsOf } from '../support/files.mjs';
import { Actor } from '../../../__test__/multiprocess/support/acting.mjs';
import { count } from './count.mjs';
import { isRoot, NOBODY } from './users.mjs';

/** Puts a foreign file at the place of each file of a heap, before the heap exists. */
export async function squatted(check, figures) {
  // The names of the files, read from a heap of that name.
  const first = new Actor('fork');
  await first.run(count);
  const [key] = heapsOf(first.pid);
  await first.leave();
  const target = `${DIRECTORY}/target-${process.pid}`;
  const plant = {
    'a symbolic link': (path) => symlinkSync(target, path),
    'a dangling symbolic link': (path) => symlinkSync(`${target}-missing`, path),
    'a directory': (path) => mkdirSync(path),
    'a file that all may write': (path) => (writeFileSync(path, ''), chmodSync(path, 0o666)),
    'a file that all may read': (path) => (writeFileSync(path, ''), chmodSync(path, 0o644)),
  };
  if (isRoot) {
    plant["another user's file"] = (path) => {
      writeFileSync(path, '', { mode: 0o600 });
      chownSync(path, Number(NOBODY), Number(NOBODY));
    };
  } else unavailable(figures, "another user's file", 'only root can make one');
  let tried = 0;
  for (const [what, put] of Object.entries(plant)) {
    for (const suffix of ['gate', '0', 'map', 'w0']) {
      writeFileSync(target, 'untouched', { mode: 0o600 });
      const path = `${DIRECTORY}/${key}.${suffix}`;
      put(path);
      const actor = new Actor('fork');
      const { opened, alone } = await actor.run(async (client, kept, given) => {
        const found = {};
        try {
          client.open({ name: given }).close();
          found.opened = 'no error';
        } catch (error) {
          found.opened = error.code;
        }
        const counter = new client.Counter({ name: 'counted_total', help: 'H' });
        counter.inc();
        found.alone = /^counted_total (.*)$/m.exec(await client.register.metrics())?.[1];
        return found;
      }, heapName);
      await actor.leave();
      tried += 1;
      check(
        opened === 'MPMETRICS_NOT_OWNED' || opened === 'no error',
        `${what} as ${suffix}: ${opened}`,
      );
      // The file is either replaced, or prevents the heap. The application continues in both cases.
      check(alone === '1', `${what} as ${suffix}: the application counts ${alone}`);
      rmSync(path, { recursive: true, force: true });
      for (const name of filesOf([key])) rmSync(`${DIRECTORY}/${name}`, { recursive: true });
    }
  }
  rmSync(target);

  // A heap in use with another id than the requested one, and a heap with changed files.
  const holder = new Actor('fork');
  await holder.run(count);
  const stranger = new Actor('fork', { environment: { MPMETRICS_NAME: '' } });
  const mismatch = await stranger.run(
    (client, kept, given) => {
      const { NativeHeap } = process.getBuiltinModule('module').createRequire(given.root)(
        '#binding',
      );
      try {
        NativeHeap.attach({ name: given.name, id: '0'.repeat(32) });
        return 'no error';
      } catch (error) {
        return error.code;
      }
    },
    { name: heapName, root: new URL('../../../package.json', import.meta.url).pathname },
  );
  check(mismatch === 'MPMETRICS_ID_MISMATCH', `another id: ${mismatch}`);
  // The name of a segment has the tag of its heap in it.
  const segment = `${DIRECTORY}/${filesOf([key]).find((name) => /\.\w+\.0$/.test(name.slice(key.length)))}`;
  chmodSync(segment, 0o666);
  const loosened = await stranger.run(codeOfOpening, heapName);
  check(loosened === 'MPMETRICS_NOT_OWNED', `a segment that all may write: ${loosened}`);
  chmodSync(segment, 0o600);
  // Later processes refuse a truncated file. docs/RELIABILITY.md describes the processes that have it mapped.
  await holder.kill();
  truncateSync(segment, 4096);
  const cut = await stranger.run(codeOfOpening, heapName);
  check(cut.startsWith('MPMETRICS_'), `a segment that was cut off: ${cut}`);
  await stranger.leave();
  const last = new Actor('fork');
  await last.run(count);
  await last.leave();
  check(filesOf([key]).length === 0, `left behind: ${filesOf([key])}`);
  return tried + 3;
}

function codeOfOpening(client, kept, name) {
  try {
    client.open({ name, mode: 'read' }).close();
    return 'no error';
  } catch (error) {
    return error.code;
  }
}
