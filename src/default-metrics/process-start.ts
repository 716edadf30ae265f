// The start time of the process.

import type { DefaultMetricsContext } from './context';

const START = Math.round(Date.now() / 1000 - process.uptime());

/** @internal */
export function processStartTime(context: DefaultMetricsContext): void {
  const start = context.gauge({
    name: 'process_start_time_seconds',
    help: 'Start time of the process since unix epoch in seconds.',
    aggregator: 'omit',
    collect: () => {
      if (context.reportsProcess) start.set(context.labels, START);
    },
  });
}
