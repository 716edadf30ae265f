// When the process started.

import type { Setting } from './setting';

const START = Math.round(Date.now() / 1000 - process.uptime());

/** @internal */
export function processStartTime(setting: Setting): void {
  const start = setting.gauge({
    name: 'process_start_time_seconds',
    help: 'Start time of the process since unix epoch in seconds.',
    aggregator: 'omit',
    collect: () => {
      if (setting.speaksForProcess) start.set(setting.labels, START);
    },
  });
}
