// The duration of garbage collections.

// oxlint-disable-next-line import/default -- the compiler makes one of `export =`
import builtin from '../builtin.cjs';
import type { DefaultMetricsContext } from './context';

const DEFAULT_BUCKETS = [0.001, 0.01, 0.1, 1, 2, 5];

/** The metric's names for the kinds of garbage collection, by Node's constants. */
function kinds(): Map<unknown, string> {
  const { constants } = builtin.perfHooks();
  return new Map([
    [constants.NODE_PERFORMANCE_GC_MAJOR, 'major'],
    [constants.NODE_PERFORMANCE_GC_MINOR, 'minor'],
    [constants.NODE_PERFORMANCE_GC_INCREMENTAL, 'incremental'],
    [constants.NODE_PERFORMANCE_GC_WEAKCB, 'weakcb'],
  ]);
}

/** The report of one garbage collection. */
interface Collection {
  /** In milliseconds. */
  duration: number;
  detail?: { kind?: unknown };
}

/** Records every garbage collection, even if several are reported together. @internal */
export function gc(context: DefaultMetricsContext): void {
  const { labels } = context;
  const { PerformanceObserver } = builtin.perfHooks();
  const known = kinds();
  const record = (entries: Collection[]): void => {
    for (const { detail, duration } of entries) {
      const kind = known.get(detail?.kind) ?? 'undefined';
      histogram.observe({ kind, ...labels }, duration / 1000);
    }
  };
  const observer = new PerformanceObserver((list) => record(list.getEntries()));
  const histogram = context.histogram({
    name: 'nodejs_gc_duration_seconds',
    help: 'Garbage collection duration by kind, one of major, minor, incremental or weakcb.',
    labelNames: ['kind'],
    buckets: context.configuration.gcDurationBuckets || DEFAULT_BUCKETS,
    // Reports that the observer has not passed on yet.
    collect: () => record(observer.takeRecords()),
  });
  observer.observe({ entryTypes: ['gc'] });
}
