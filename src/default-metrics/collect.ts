// Metrics that every Node.js process has: CPU, memory, descriptors, the event loop, garbage collection.

import { processHandles, processRequests, processResources } from './active';
import { eventLoopLag } from './event-loop-delay';
import { eventLoopUtilization } from './event-loop-utilization';
import { processMaxFileDescriptors, processOpenFileDescriptors } from './file-descriptors';
import { gc } from './garbage-collection';
import { heapSizeAndUsed, heapSpacesSizeAndUsed } from './heap-size';
import { isLeftOut } from '../metrics/policy';
import { metricNames } from './names';
import { version } from './node-version';
import { processCpuTotal } from './process-cpu';
import { osMemoryHeap } from './process-memory';
import { processStartTime } from './process-start';
import { DefaultMetricsContext, type DefaultMetricsConfiguration } from './context';
import { coded } from '../errors';
import type { AnyRegistry } from '../registry/registry';
import type { RegistryContentType } from '../registry/content-type';

export type { DefaultMetricsConfiguration } from './context';

/** prom-client's name for the options of `collectDefaultMetrics`. */
export type DefaultMetricsCollectorConfiguration<
  // oxlint-disable-next-line no-unused-vars -- as in prom-client's types
  _T extends RegistryContentType = RegistryContentType,
> = DefaultMetricsConfiguration;

/** The groups of default metrics by prom-client's names, in the order of the page. */
const METRICS: Readonly<Record<string, (context: DefaultMetricsContext) => void>> = {
  processCpuTotal,
  processStartTime,
  osMemoryHeap,
  processOpenFileDescriptors,
  processMaxFileDescriptors,
  eventLoopLag,
  eventLoopUtilization,
  ...(typeof process.getActiveResourcesInfo === 'function' && { processResources }),
  processHandles,
  processRequests,
  heapSizeAndUsed,
  heapSpacesSizeAndUsed,
  version,
  gc,
};

/**
 * Makes the metrics that every Node.js process has. If each process calls it, the application has one set: CPU time,
 * garbage collections and memory are added up. Of the delays of event loops, the average or the greatest is shown.
 * Nothing here keeps a process alive.
 *
 * A scrape of any process makes all processes measure. A process that is too busy to answer keeps its last values.
 *
 * ```ts
 * collectDefaultMetrics({ prefix: 'shop_', labels: { zone: 'eu' } });
 * collectDefaultMetrics({ register: new Registry(), perProcess: true });
 * ```
 *
 * @param configuration Options. Throws a `TypeError` for anything but an object, null or undefined, and an `Error` if
 *   the metrics exist already.
 */
export function collectDefaultMetrics(configuration?: DefaultMetricsConfiguration | null): void {
  if (configuration !== null && configuration !== undefined && typeof configuration !== 'object') {
    throw coded(
      new TypeError('config must be null, undefined, or an object'),
      'MPMETRICS_BAD_ARGUMENT',
    );
  }
  const context = new DefaultMetricsContext({ ...configuration });
  for (const [group, make] of Object.entries(METRICS)) {
    // A group without any shown metric measures nothing.
    const names = metricNames[group] ?? [];
    if (!names.every((name) => isLeftOut(context.nameOf(name)))) make(context);
  }
}

/** The names of the groups that are made without an option. */
collectDefaultMetrics.metricsList = Object.keys(METRICS).filter(
  (name) => name !== 'eventLoopUtilization',
);

/** Each group as a function, under prom-client's names, as in its `lib/metrics`. @internal */
collectDefaultMetrics.groups = Object.fromEntries(
  Object.entries(METRICS).map(([name, make]) => {
    const group = (register?: AnyRegistry, configuration?: DefaultMetricsConfiguration): void => {
      const isAskedFor = name === 'eventLoopUtilization' && { eventLoopUtilization: true };
      const context = new DefaultMetricsContext({
        ...isAskedFor,
        ...configuration,
        ...(register && { register }),
      });
      make(context);
    };
    return [name, Object.assign(group, { metricNames: [...(metricNames[name] ?? [])] })];
  }),
);
