// Tests that only some systems can hold: they look into files that others do not have, or send signals.
import { spawnSync } from 'node:child_process';
import test, { type Implementation } from 'ava';

interface Test {
  (title: string, body: Implementation<[]>): void;
  serial(title: string, body: Implementation<[]>): void;
}

/** A test for systems on which that holds; elsewhere it is reported as skipped. */
function where(holds: boolean): Test {
  const own: Test['serial'] = (title, body) => (holds ? test : test.skip)(title, body);
  const serial: Test['serial'] = (title, body) =>
    (holds ? test.serial : test.serial.skip)(title, body);
  return Object.assign(own, { serial });
}

/** Linux: heaps have their files in `/dev/shm`, and a process sees in `/proc` what it has mapped. */
export const onLinux = where(process.platform === 'linux');

/** Systems with signals that stop a process. */
export const onUnix = where(process.platform !== 'win32');

/** Linux that lets a program have namespaces of its own, and mount in them. In CI such a test must run. */
export const withNamespaces = where(
  process.platform === 'linux' &&
    (process.env['CI'] !== undefined || spawnSync('unshare', ['-rmpf', 'true']).status === 0),
);

/** Systems on which this user may become another one. */
export const asRoot = where(process.getuid?.() === 0);
