// Reading a metric back: its values in the whole application, as data.

import type { Cell } from '../cell/kinds';
import type { Children } from './children';
import { collecting } from '../heap/collect-context';
import type { Family } from '../heap/family';
import { originOf } from '../present/origin';
import { readFamilies } from '../heap/read-heap';
import type { LabelSet, MetricObject } from '../labels/label-set';
import { withTypes } from './label-types';
import {
  presented,
  samplesOf,
  withoutDefaults,
  type Presented,
  type Sample,
  type Value,
} from '../present/samples';

/** What of a metric says how it is read. */
interface Readable extends Omit<MetricObject, 'collect'> {
  readonly labelNames: readonly string[];
  readonly collect?: MetricObject['collect'] | undefined;
  readonly families: readonly Family[];
  readonly children: Pick<Children<Cell<unknown>>, 'shown'>;
  values(samples: readonly Sample[]): Value[];
  localSamples(): Sample[];
}

/** The values of the whole application; of this isolate where no registry shows the metric. @internal */
export async function readMetric(metric: Readable): Promise<Presented> {
  if (metric.collect) {
    const pending: unknown = collecting(() => metric.collect?.());
    if (pending instanceof Promise) await pending;
  }
  // Where it has no `collect` function here, it is taken to have none elsewhere.
  const view = { names: [metric.name], ...(!metric.collect && { collectWaitMs: 0 }) };
  for (;;) {
    const [family] = metric.families;
    if (family === undefined) return presentedBy(metric, metric.localSamples());
    const { defaults } = family;
    const origin = originOf(family);
    const [found] = await readFamilies(family, view);
    // Unless the series have moved meanwhile.
    if (metric.families[0] !== family) continue;
    const samples = found ? samplesOf(found, metric.labelNames) : [];
    return { ...presentedBy(metric, samples, defaults), ...origin };
  }
}

/**
 * Samples in prom-client's shape.
 *
 * @param hidden Default labels that are left out, as a metric by itself knows nothing of them.
 * @internal
 */
export function presentedBy(
  metric: Readable,
  samples: readonly Sample[],
  hidden: LabelSet = {},
): Presented {
  const typed = samples.map((sample) => withTypes(sample, metric));
  return presented(metric, metric.values(withoutDefaults(typed, hidden)));
}
