// Runs a program again in separate namespaces, where it can mount over shared memory, or be pid 1, without harm to
// others.
import { spawnSync } from 'node:child_process';
import { userInfo } from 'node:os';
import { DIRECTORY } from './files.mjs';

/** The variable that marks a program in separate namespaces. */
const INSIDE = 'TORTURE_INSIDE';

/** Whether this is the program inside. */
export const isInside = INSIDE in process.env;

/** The reason why there can be no such namespaces here, or nothing if there can. */
export function whyNot(flags = ['--mount']) {
  if (userInfo().uid !== 0) return 'only root can have namespaces';
  const { error, status, stderr } = spawnSync('unshare', [...flags, 'true']);
  if (status === 0) return undefined;
  return `"unshare ${flags.join(' ')}" says ${JSON.stringify(String(error ?? stderr).trim())}`;
}

/** Runs this program inside, and ends with its exit code. */
export function runInside(flags = ['--mount']) {
  const { status } = spawnSync('unshare', [...flags, process.execPath, ...process.argv.slice(1)], {
    stdio: 'inherit',
    env: { ...process.env, [INSIDE]: '1' },
  });
  process.exit(status ?? 1);
}

/**
 * Gives this program its own shared memory, if possible. Without it, any process that starts meanwhile removes the
 * files of killed processes.
 */
export function ownSharedMemory() {
  if (isInside) mount('-t', 'tmpfs', 'tmpfs', DIRECTORY);
  else if (whyNot() === undefined) runInside();
}

/** Mounts over a folder. Throws with the message of the system. */
export function mount(...parameters) {
  const { status, stderr } = spawnSync('mount', parameters);
  if (status !== 0) throw new Error(`mount ${parameters.join(' ')}: ${stderr}`);
}

/** Removes the topmost mount of a folder. */
export function unmount(folder) {
  const { status, stderr } = spawnSync('umount', [folder]);
  if (status !== 0) throw new Error(`umount ${folder}: ${stderr}`);
}
