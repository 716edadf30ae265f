// The delay of the event loop: once at each scrape, and sampled all the time in between.

import type { IntervalHistogram } from 'perf_hooks';
// oxlint-disable-next-line import/default -- the compiler makes one of `export =`
import builtin from '../builtin.cjs';
import { stopwatch } from '../heap/clock';
import type { DefaultMetricsContext } from './context';

/** @internal */
export function eventLoopLag(context: DefaultMetricsContext): void {
  const { labels } = context;
  const histogram = startMonitor(context.configuration.eventLoopMonitoringPrecision ?? 10);
  if (histogram === null) return;

  const measure = (): void => {
    const elapsed = stopwatch();
    // Unreferenced, so that a process without other work may end.
    setImmediate(() => {
      lag.set(labels, elapsed());
    }).unref?.();
  };

  const lag = context.gauge({
    name: 'nodejs_eventloop_lag_seconds',
    help: 'Lag of event loop in seconds.',
    aggregator: 'average',
    collect: () => {
      measure();
      publish(read(histogram));
      histogram.reset();
    },
  });

  const gauge = (
    name: string,
    help: string,
    aggregator: 'min' | 'max' | 'average' = 'average',
  ): ReturnType<DefaultMetricsContext['gauge']> =>
    context.gauge({ name: `nodejs_eventloop_lag_${name}_seconds`, help, aggregator });
  const gauges = {
    min: gauge('min', 'The minimum recorded event loop delay.', 'min'),
    max: gauge('max', 'The maximum recorded event loop delay.', 'max'),
    mean: gauge('mean', 'The mean of the recorded event loop delays.'),
    stddev: gauge('stddev', 'The standard deviation of the recorded event loop delays.'),
    p50: gauge('p50', 'The 50th percentile of the recorded event loop delays.'),
    p90: gauge('p90', 'The 90th percentile of the recorded event loop delays.'),
    p99: gauge('p99', 'The 99th percentile of the recorded event loop delays.'),
  };

  const publish = (delays: Partial<Delays>): void => {
    for (const [name, nanoseconds] of Object.entries(delays)) {
      gauges[name as keyof Delays].set(labels, nanoseconds / 1e9);
    }
  };
}

/** The delays since the last scrape, in nanoseconds. */
interface Delays {
  min: number;
  max: number;
  mean: number;
  stddev: number;
  p50: number;
  p90: number;
  p99: number;
}

/** The delays since the last scrape. Empty without a sample, and then the shown values stay. */
function read(histogram: IntervalHistogram): Partial<Delays> {
  const { count, min, max, mean, stddev } = histogram;
  if (count === 0) return {};
  const at = (percentile: number): number => histogram.percentile(percentile);
  return { min, max, mean, stddev, p50: at(50), p90: at(90), p99: at(99) };
}

/** Starts the monitor. Null if the runtime has none. */
function startMonitor(resolution: number): IntervalHistogram | null {
  try {
    const histogram = builtin.perfHooks().monitorEventLoopDelay({ resolution });
    histogram.enable();
    return histogram;
  } catch (error) {
    if ((error as { code?: unknown }).code === 'ERR_NOT_IMPLEMENTED') return null;
    throw error;
  }
}
