// The version of Node.js.

import type { DefaultMetricsContext } from './context';

/** @internal */
export function version(context: DefaultMetricsContext): void {
  const [major = 0, minor = 0, patch = 0] = process.version.slice(1).split('.').map(Number);
  const info = context.gauge({
    name: 'nodejs_version_info',
    help: 'Node.js version info.',
    labelNames: ['version', 'major', 'minor', 'patch'],
    aggregator: 'first',
    collect: () => {
      info.set({ version: process.version, major, minor, patch, ...context.labels }, 1);
    },
  });
}
