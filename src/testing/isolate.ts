// Metrics for one test alone.

import { register, type AnyRegistry } from '../../index';
import type { Registry } from '../../index';
import { disposeSymbol, type Resource } from '../instrument/disposable';

/** Ends the isolation of a test. It is also a resource for `using`. */
export interface Isolation extends Resource {
  (): void;
}

/**
 * Resets every metric for a test. The returned function restores the registry: it withdraws metrics that were declared
 * since, registers removed metrics again, and resets all of them.
 *
 * ```js
 * import { afterEach, beforeEach } from 'node:test';
 * import { isolate } from 'mpmetrics/testing';
 *
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
