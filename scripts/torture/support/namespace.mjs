// Runs a program again in namespaces of its own, where it can mount over shared memory, or be pid 1, and harm nobody.
import { spawnSync } from 'node:child_process';
import { userInfo } from 'node:os';
import { DIRECTORY } from './files.mjs';

/** Set in the environment of a program that runs in namespaces of its own. */
const INSIDE = 'TORTURE_INSIDE';

/** Whether this is the program inside. */
export const isInside = INSIDE in process.env;

/** Why there can be no such namespaces here; nothing if there can. */
export function whyNot(flags = ['--mount']) {
  if (userInfo().uid !== 0) return 'only root can have namespaces';
  const { error, status, stderr } = spawnSync('unshare', [...flags, 'true']);
  if (status === 0) return undefined;
  return `"unshare ${flags.join(' ')}" says ${JSON.stringify(String(error ?? stderr).trim())}`;
}

/** Runs this very program inside, and ends as it does. */
export function runInside(flags = ['--mount']) {
  const { status } = spawnSync('unshare', [...flags, process.execPath, ...process.argv.slice(1)], {
    stdio: 'inherit',
    env: { ...process.env, [INSIDE]: '1' },
  });
  process.exit(status ?? 1);
}

/**
 * Has this program run with a shared memory of its own, where that can be had: elsewhere, whoever starts meanwhile sweeps what
 * killed processes leave.
 */
export function ownSharedMemory() {
  if (isInside) mount('-t', 'tmpfs', 'tmpfs', DIRECTORY);
  else if (whyNot() === undefined) runInside();
}

/** Mounts over a folder. Throws with what the system says. */
export function mount(...parameters) {
  const { status, stderr } = spawnSync('mount', parameters);
  if (status !== 0) throw new Error(`mount ${parameters.join(' ')}: ${stderr}`);
}

/** Takes the topmost mount off a folder again. */
export function unmount(folder) {
  const { status, stderr } = spawnSync('umount', [folder]);
  if (status !== 0) throw new Error(`umount ${folder}: ${stderr}`);
}
