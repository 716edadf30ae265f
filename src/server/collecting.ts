// The values of external metrics for the server's thread. Only their own isolate can ask them.

import { collecting } from '../heap/request';
import { complain } from '../heap/collectors';
import type { FamilyValues } from '../heap/native';
import type { LabelSet } from '../labels/label-set';
import { exposeExternal } from '../present/external-exposition';
import { readExternal } from '../present/external-family';
import type { ExternalMetric } from '../present/external-metric';
import { externalIn } from '../registry/contents';
import type { Registry } from '../registry/registry';
import type { Encoding } from '../heap/request';

/** Whether there are external metrics. @internal */
export function hasExternal(registries: readonly Registry[]): boolean {
  return registries.some(({ _metrics }) => externalIn(_metrics).length > 0);
}

/** The expositions of the external metrics. A failure is reported, and the other metrics are shown. @internal */
export async function externalExpositions(
  registries: readonly Registry[],
  encoding: Encoding,
): Promise<Uint8Array[]> {
  return asked(registries, async (metric, defaults) => exposeExternal(metric, defaults, encoding));
}

/** The external metrics as families with their values. A failure is reported, as above. @internal */
export async function externalFamilies(registries: readonly Registry[]): Promise<FamilyValues[]> {
  return (await asked(registries, readExternal)).flat();
}

/** The answers of all external metrics but those that fail. */
async function asked<Answer>(
  registries: readonly Registry[],
  ask: (metric: ExternalMetric, defaults: LabelSet) => Promise<Answer>,
): Promise<Answer[]> {
  if (!hasExternal(registries)) return [];
  const answers = registries.flatMap(({ _metrics, _defaultLabels }) =>
    externalIn(_metrics).map((metric) => async (): Promise<Answer[]> => {
      try {
        return [await ask(metric, _defaultLabels)];
      } catch (error) {
        complain(metric, error);
        return [];
      }
    }),
  );
  return (
    await collecting(async () => Promise.all(answers.map(async (answer) => answer())))
  ).flat();
}
