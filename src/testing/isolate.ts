// Metrics of one test by itself.

import { register, type AnyRegistry } from '../../index';
import type { Registry } from '../../index';
import { disposeSymbol, type Resource } from '../instrument/disposable';

/** Ends the isolation of a test; it is also a resource for `using`. */
export interface Isolation extends Resource {
  (): void;
}

/**
 * Has a test begin with every metric at its beginning. What it returns takes the registry back: the metrics that were
 * declared since are withdrawn, those that were removed are there again, and all start anew.
 *
 * ```js
 * let restore;
 * beforeEach(() => { restore = isolate(); });
 * afterEach(() => restore());
 * ```
 *
 * @param registry Default: the global one.
 */
export function isolate(registry: AnyRegistry = register): Isolation {
  const known = registry as Registry;
  const before = known.getMetricsAsArray();
  known.resetMetrics();
  const restore = (): void => {
    for (const metric of known.getMetricsAsArray()) {
      if (!before.includes(metric)) known.removeSingleMetric(metric.name);
    }
    for (const metric of before) known.registerMetric(metric as never);
    known.resetMetrics();
  };
  return Object.assign(restore, { [disposeSymbol()]: restore });
}
