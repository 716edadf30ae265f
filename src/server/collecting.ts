// The `collect` functions of this isolate, run at the request of the server's thread.

import { warn } from '../errors';
import { encodeForeign, type ForeignMetric } from '../foreign';
import type { Registry } from '../registry';
import type { Format } from '../scrape';

/** A metric of this package: the values of others are known to their own `get()` only. */
interface OwnMetric {
  readonly name: string;
  readonly presentFamily: unknown;
  collect?(): unknown;
}

/** Whether there is anything to do before a scrape. @internal */
export function hasCollectors(registries: readonly Registry[]): boolean {
  return registries.some(({ _metrics }) =>
    Object.values(_metrics).some((metric) => !isOwn(metric) || metric.collect !== undefined),
  );
}

/**
 * Runs the `collect` functions, and resolves to the texts of the metrics that are not of this package. One that fails
 * is reported, and the others are shown all the same.
 * @internal
 */
export async function collect(registries: readonly Registry[], format: Format): Promise<string[]> {
  const texts = registries.flatMap(({ _metrics, _defaultLabels }) =>
    Object.values(_metrics).map(async (metric) => {
      try {
        if (!isOwn(metric))
          return await encodeForeign(metric as ForeignMetric, _defaultLabels, format);
        await metric.collect?.();
      } catch (error) {
        complain(metric as OwnMetric, error);
      }
      return '';
    }),
  );
  return (await Promise.all(texts)).filter((text) => text !== '');
}

function isOwn(metric: object): metric is OwnMetric {
  return typeof (metric as Partial<OwnMetric>).presentFamily === 'function';
}

const complained = new WeakSet<object>();

function complain(metric: OwnMetric, error: unknown): void {
  if (complained.has(metric)) return;
  complained.add(metric);
  warn(
    'MPMETRICS_COLLECT',
    `The metric ${metric.name} could not be collected for a scrape.`,
    error,
  );
}
