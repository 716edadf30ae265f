// Resources, handles and requests that keep the event loop alive: the total and by type.

import type { Gauge } from '../metrics/gauge';
import type { DefaultMetricsContext } from './context';

/** Functions of Node.js that its types lack. */
const internals = process as typeof process & {
  _getActiveHandles?: () => unknown[];
  _getActiveRequests?: () => unknown[];
};

/** @internal */
export function processResources(context: DefaultMetricsContext): void {
  if (typeof process.getActiveResourcesInfo !== 'function') return;
  active(context, {
    name: 'nodejs_active_resources',
    help: 'Number of active resources that are currently keeping the event loop alive, grouped by async resource type.',
    totalHelp: 'Total number of active resources.',
    types: () => process.getActiveResourcesInfo(),
  });
}

/** @internal */
export function processHandles(context: DefaultMetricsContext): void {
  const { _getActiveHandles: list } = internals;
  if (typeof list !== 'function') return;
  active(context, {
    name: 'nodejs_active_handles',
    help: 'Number of active libuv handles grouped by handle type. Every handle type is C++ class name.',
    totalHelp: 'Total number of active handles.',
    types: () => list.call(process).map(classOf),
  });
}

/** @internal */
export function processRequests(context: DefaultMetricsContext): void {
  const { _getActiveRequests: list } = internals;
  if (typeof list !== 'function') return;
  active(context, {
    name: 'nodejs_active_requests',
    help: 'Number of active libuv requests grouped by request type. Every request type is C++ class name.',
    totalHelp: 'Total number of active requests.',
    types: () => list.call(process).map(classOf),
  });
}

interface Wanted {
  name: string;
  help: string;
  totalHelp: string;
  /** The type of each resource, handle or request; undefined for one without a type. */
  types: () => (string | undefined)[];
}

function active(context: DefaultMetricsContext, { name, help, totalHelp, types }: Wanted): void {
  const { labels } = context;
  let shown = new Set<string>();
  const byType: Gauge = context.gauge({
    name,
    help,
    labelNames: ['type'],
    collect: () => {
      const counts = countByType(types());
      for (const [type, count] of counts) byType.set({ type, ...labels }, count);
      // Removed last, so that no scrape finds the gauge without any series.
      for (const type of shown) {
        if (!counts.has(type)) byType.remove({ type, ...labels });
      }
      shown = new Set(counts.keys());
    },
  });
  const total = context.gauge({
    name: `${name}_total`,
    help: totalHelp,
    collect: () => total.set(labels, types().length),
  });
}

function countByType(types: (string | undefined)[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const type of types) {
    if (type !== undefined) counts.set(type, (counts.get(type) ?? 0) + 1);
  }
  return counts;
}

function classOf(thing: unknown): string | undefined {
  return (thing as { constructor?: { name: string } } | null | undefined)?.constructor?.name;
}
