// The version of Node.js.

import type { Setting } from './setting';

/** @internal */
export function version(setting: Setting): void {
  const [major = 0, minor = 0, patch = 0] = process.version.slice(1).split('.').map(Number);
  const info = setting.gauge({
    name: 'nodejs_version_info',
    help: 'Node.js version info.',
    labelNames: ['version', 'major', 'minor', 'patch'],
    aggregator: 'first',
    collect: () => {
      info.set({ version: process.version, major, minor, patch, ...setting.labels }, 1);
    },
  });
}
