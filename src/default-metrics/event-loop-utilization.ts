// The utilization of the event loop: the part of its time in which it is busy, from 0 to 1.

import timers from 'timers';
// oxlint-disable-next-line import/default -- the compiler makes one of `export =`
import builtin from '../builtin.cjs';
import type { DefaultMetricsConfiguration, DefaultMetricsContext } from './context';

const DEFAULT_BUCKETS = [0.01, 0.05, 0.1, 0.25, 0.5, 0.6, 0.7, 0.75, 0.8, 0.9, 0.95, 0.99, 1];
const DEFAULT_PERCENTILES = [0.01, 0.05, 0.5, 0.9, 0.95, 0.99, 0.999];
const HELP =
  'Ratio of time the event loop is not idling in the event provider to the total time the event loop is running.';

// Copied now: tests of applications may replace the timers later, and expect to find only their own.
const { setInterval, clearInterval } = timers;

/** The options that make these metrics without `eventLoopUtilization`. */
const OPTIONS: readonly (keyof DefaultMetricsConfiguration)[] = [
  'eventLoopUtilizationTimeout',
  'eventLoopUtilizationBuckets',
  'eventLoopUtilizationPercentiles',
  'eventLoopUtilizationAgeBuckets',
  'eventLoopUtilizationMaxAgeSeconds',
];

/**
 * Measures at regular intervals. If the event loop was blocked, the missed intervals get the value of the whole time.
 * @internal
 */
export function eventLoopUtilization(context: DefaultMetricsContext): void {
  const { configuration, labels } = context;
  const isAskedFor = OPTIONS.some((option) => configuration[option] !== undefined);
  if (!(configuration.eventLoopUtilization ?? isAskedFor)) return;

  const summary = context.summary({
    name: 'nodejs_eventloop_utilization_summary',
    help: HELP,
    maxAgeSeconds: configuration.eventLoopUtilizationMaxAgeSeconds ?? 60,
    ageBuckets: configuration.eventLoopUtilizationAgeBuckets ?? 5,
    percentiles: configuration.eventLoopUtilizationPercentiles ?? DEFAULT_PERCENTILES,
  });
  const histogram = context.histogram({
    name: 'nodejs_eventloop_utilization_histogram',
    help: HELP,
    buckets: configuration.eventLoopUtilizationBuckets ?? DEFAULT_BUCKETS,
  });

  const { performance } = builtin.perfHooks();
  const interval = configuration.eventLoopUtilizationTimeout ?? 100;
  let last = performance.eventLoopUtilization();
  const timer = setInterval(() => {
    if (!context.isShown) {
      clearInterval(timer);
      return;
    }
    const now = performance.eventLoopUtilization();
    const { utilization, idle, active } = performance.eventLoopUtilization(now, last);
    last = now;
    const passed = Math.round((idle + active) / interval);
    for (let count = 0; count < passed; count += 1) {
      summary.observe(labels, utilization);
      histogram.observe(labels, utilization);
    }
  }, interval);
  timer.unref?.();
}
