// Two users of one machine, who see nothing of each other.
import { DIRECTORY, filesOf, heapsOf } from '../support/files.mjs';
import { unavailable } from '../support/item.mjs';
import { Actor } from '../../../__test__/multiprocess/support/acting.mjs';
import { count } from './count.mjs';

/** A user without any rights, as on most systems. */
export const NOBODY = '65534';
/** Only root can change to another user. */
export const isRoot = process.getuid() === 0;

/** Two users use one name: each has its own heap, and can neither read nor remove the other's. */
export async function users(check, figures) {
  const mine = new Actor('spawn');
  const through = ['setpriv', `--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups'];
  const theirs = new Actor('spawn', { through });
  try {
    check((await mine.run(count)) === 1, 'the first sees something');
    check((await theirs.run(count)) === 1, 'the other sees something of the first');
    check((await mine.run(count)) === 2, 'the first is disturbed');
    const heaps = heapsOf(mine.pid);
    check(
      heaps.every((heap) => !heapsOf(theirs.pid).includes(heap)),
      'they share a heap',
    );
    const denied = await theirs.run(
      (client, kept, files) => {
        const { readFileSync, rmSync: remove } = process.getBuiltinModule('fs');
        const outcomes = files.flatMap((file) => {
          return [() => readFileSync(file), () => remove(file)].map((does) => {
            try {
              does();
              return `done to ${file}`;
            } catch (error) {
              return error.code;
            }
          });
        });
        return [...new Set(outcomes)];
      },
      filesOf(heaps).map((name) => `${DIRECTORY}/${name}`),
    );
    check(
      denied.every((outcome) => !outcome.startsWith('done')),
      `${denied}`,
    );
    // Ends in good order, so that its heap is removed: no other user may sweep it.
    await theirs.leave();
    figures.users = 'apart';
  } catch (error) {
    // The other user may not be allowed to read this folder at all.
    if (!/ended before/.test(error)) throw error;
    unavailable(figures, 'two users', 'another user cannot start this program');
  }
  await Promise.all([mine.leave(), theirs.kill()]);
}
