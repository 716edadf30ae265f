// Installs the rivals into a folder of their own, when it is out of date, so that the package depends on none of them.
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { must, say } from '../../scripts/run.mjs';
import places from './places.cjs';

/** The clients of prom-client's kind that everything is compared with. */
export const PROM_CLIENTS = ['prom-client', '@prometheus-io/client', '@platformatic/prom-client'];

/** Installs what the lock file of `benchmark/rivals` says. Some of it refuses older Node in words, and works. */
export async function installRivals() {
  const installed = join(places.rivals, 'node_modules', '.package-lock.json');
  const lock = join(places.rivals, 'package-lock.json');
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(lock).mtimeMs) return;
  say('Installing what to compare with (npm ci in benchmark/rivals)');
  await must('npm', ['ci', '--no-audit', '--no-fund'], { cwd: places.rivals, quiet: true });
}
