// Installs the rivals into their own folder if it is out of date, so that the package depends on none of them.
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { must, say } from '../../scripts/run.mjs';
import places from './places.cjs';

/** The rivals with prom-client's interface. */
export const PROM_CLIENTS = ['prom-client', '@prometheus-io/client', '@platformatic/prom-client'];

/** Installs the lock file of `benchmark/rivals`. Some rivals state that they need a newer Node.js, but work. */
export async function installRivals() {
  const installed = join(places.rivals, 'node_modules', '.package-lock.json');
  const lock = join(places.rivals, 'package-lock.json');
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(lock).mtimeMs) return;
  say('Installing what to compare with (npm ci in benchmark/rivals)');
  await must('npm', ['ci', '--no-audit', '--no-fund'], { cwd: places.rivals, quiet: true });
}
