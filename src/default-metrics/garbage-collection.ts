// How long garbage collections take.

import perfHooks from 'perf_hooks';
import type { Setting } from './setting';

const DEFAULT_BUCKETS = [0.001, 0.01, 0.1, 1, 2, 5];

const { constants } = perfHooks;
const KINDS = new Map<unknown, string>([
  [constants.NODE_PERFORMANCE_GC_MAJOR, 'major'],
  [constants.NODE_PERFORMANCE_GC_MINOR, 'minor'],
  [constants.NODE_PERFORMANCE_GC_INCREMENTAL, 'incremental'],
  [constants.NODE_PERFORMANCE_GC_WEAKCB, 'weakcb'],
]);

/** What is reported of one collection. */
interface Collection {
  /** In milliseconds. */
  duration: number;
  detail?: { kind?: unknown };
}

/** Records every collection: those that are reported together are all recorded. @internal */
export function gc(setting: Setting): void {
  const { labels } = setting;
  const record = (entries: Collection[]): void => {
    for (const { detail, duration } of entries) {
      const kind = KINDS.get(detail?.kind) ?? 'undefined';
      histogram.observe({ kind, ...labels }, duration / 1000);
    }
  };
  const observer = new perfHooks.PerformanceObserver((list) => record(list.getEntries()));
  const histogram = setting.histogram({
    name: 'nodejs_gc_duration_seconds',
    help: 'Garbage collection duration by kind, one of major, minor, incremental or weakcb.',
    labelNames: ['kind'],
    buckets: setting.configuration.gcDurationBuckets || DEFAULT_BUCKETS,
    // What has been reported and not handed out yet.
    collect: () => record(observer.takeRecords()),
  });
  observer.observe({ entryTypes: ['gc'] });
}
