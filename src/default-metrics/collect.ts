// Metrics that every Node.js process has: CPU, memory, descriptors, the event loop, garbage collection.

import { processHandles, processRequests, processResources } from './active';
import { eventLoopLag } from './event-loop-delay';
import { eventLoopUtilization } from './event-loop-utilization';
import { processMaxFileDescriptors, processOpenFileDescriptors } from './file-descriptors';
import { gc } from './garbage-collection';
import { heapSizeAndUsed, heapSpacesSizeAndUsed } from './heap-size';
import { metricNames } from './names';
import { version } from './node-version';
import { processCpuTotal } from './process-cpu';
import { osMemoryHeap } from './process-memory';
import { processStartTime } from './process-start';
import { Setting, type DefaultMetricsConfiguration } from './setting';
import { coded } from '../errors';
import type { AnyRegistry } from '../registry/registry';
import type { RegistryContentType } from '../registry/content-type';

export type { DefaultMetricsConfiguration } from './setting';

/** prom-client's name for the options of `collectDefaultMetrics`. */
export type DefaultMetricsCollectorConfiguration<
  // oxlint-disable-next-line no-unused-vars -- as in prom-client's types
  _T extends RegistryContentType = RegistryContentType,
> = DefaultMetricsConfiguration;

/** prom-client's names for them, in the order in which they are shown. */
const METRICS: Readonly<Record<string, (setting: Setting) => void>> = {
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
 * Makes the metrics that every Node.js process has. Called in each process, it gives one set for the application:
 * CPU time and garbage collections are added up, so is memory; the delays of event loops are averaged, or the greatest
 * of them. Nothing of it keeps a process alive.
 *
 * All processes measure when any of them is scraped. One that is too busy to answer keeps the values that it had.
 *
 * ```ts
 * collectDefaultMetrics({ prefix: 'shop_', labels: { zone: 'eu' } });
 * collectDefaultMetrics({ register: new Registry(), perProcess: true });
 * ```
 *
 * @param configuration Options. Throws a `TypeError` for anything but an object, null or undefined, and an `Error` when
 *   the metrics are there already.
 */
export function collectDefaultMetrics(configuration?: DefaultMetricsConfiguration | null): void {
  if (configuration !== null && configuration !== undefined && typeof configuration !== 'object') {
    throw coded(
      new TypeError('config must be null, undefined, or an object'),
      'MPMETRICS_BAD_ARGUMENT',
    );
  }
  const setting = new Setting({ ...configuration });
  for (const make of Object.values(METRICS)) make(setting);
}

/** The names of all groups of default metrics that are there without being asked for. */
collectDefaultMetrics.metricsList = Object.keys(METRICS).filter(
  (name) => name !== 'eventLoopUtilization',
);

/** Each group of default metrics by itself, under prom-client's names, as its `lib/metrics` has them. @internal */
collectDefaultMetrics.groups = Object.fromEntries(
  Object.entries(METRICS).map(([name, make]) => {
    const group = (register?: AnyRegistry, configuration?: DefaultMetricsConfiguration): void => {
      const isAskedFor = name === 'eventLoopUtilization' && { eventLoopUtilization: true };
      const setting = new Setting({
        ...isAskedFor,
        ...configuration,
        ...(register && { register }),
      });
      make(setting);
    };
    return [name, Object.assign(group, { metricNames: [...(metricNames[name] ?? [])] })];
  }),
);
