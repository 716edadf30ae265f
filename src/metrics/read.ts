// Reading a metric back: its values in the whole application, as data.

import type { Cell } from '../cell/kinds';
import type { Children } from './children';
import type { MetricDescriptor } from './descriptor';
import type { Family } from '../heap/family';
import { sourceHeapOf } from '../present/source-heap';
import { collecting, isThenable, readFamilies } from '../heap/request';
import type { LabelSet } from '../labels/label-set';
import type { MetricObject } from '../present/metric-object';
import { withTypes } from './label-types';
import {
  presented,
  samplesOf,
  withoutDefaults,
  type Presented,
  type Sample,
} from '../present/samples';

/** The parts of a metric that reading needs. */
interface Readable {
  readonly metric: Omit<MetricObject, 'collect'> & {
    readonly labelNames: readonly string[];
    readonly collect?: MetricObject['collect'] | undefined;
  };
  readonly descriptor: Pick<MetricDescriptor<never>, 'values'>;
  readonly families: readonly Family[];
  readonly children: Pick<Children<Cell<unknown>>, 'given'>;
  localSamples(): Sample[];
}

/** The values of the whole application. Without a registry, the values of this isolate. @internal */
export async function readMetric(series: Readable): Promise<Presented> {
  const { metric } = series;
  if (metric.collect) {
    const pending: unknown = collecting(() => metric.collect?.());
    if (isThenable(pending)) await pending;
  }
  // A metric without a `collect` function here is assumed to have none in other isolates.
  const view = { names: [metric.name], ...(!metric.collect && { collectWaitMs: 0 }) };
  for (;;) {
    const [family] = series.families;
    if (family === undefined) return presentedBy(series, series.localSamples());
    const { defaults, registries } = family;
    const scope = { native: family.attachment.native, registries };
    const sourceHeap = sourceHeapOf(scope);
    const [found] = await readFamilies(scope, view);
    // The series may have moved meanwhile. Then they are read again.
    if (series.families[0] !== family) continue;
    const samples = found ? samplesOf(found, metric.labelNames) : [];
    return { ...presentedBy(series, samples, defaults), ...sourceHeap };
  }
}

/**
 * Samples in prom-client's shape.
 *
 * @param hidden Default labels to omit: a metric by itself does not show them.
 * @internal
 */
export function presentedBy(
  series: Readable,
  samples: readonly Sample[],
  hidden: LabelSet = {},
): Presented {
  const { metric, descriptor } = series;
  const typed = samples.map((sample) => withTypes(sample, series));
  return presented(metric, descriptor.values(metric, withoutDefaults(typed, hidden)));
}
