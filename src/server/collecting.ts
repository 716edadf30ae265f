// The external metrics as texts for the server's thread. Only their own isolate can ask them.

import { collecting } from '../heap/request';
import { complain } from '../heap/collectors';
import { encodeExternal } from '../present/external-text';
import { externalIn } from '../registry/contents';
import type { Registry } from '../registry/registry';
import type { Format } from '../heap/request';

/** Whether there are external metrics. @internal */
export function hasForeign(registries: readonly Registry[]): boolean {
  return registries.some(({ _metrics }) => externalIn(_metrics).length > 0);
}

/** The texts of the external metrics. A failure is reported, and the other metrics are shown. @internal */
export async function foreignTexts(
  registries: readonly Registry[],
  format: Format,
): Promise<string[]> {
  const ask = (): Promise<string>[] =>
    registries.flatMap(({ _metrics, _defaultLabels }) =>
      externalIn(_metrics).map(async (metric) => {
        try {
          return await encodeExternal(metric, _defaultLabels, format);
        } catch (error) {
          complain(metric, error);
          return '';
        }
      }),
    );
  const texts = hasForeign(registries) ? await collecting(async () => Promise.all(ask())) : [];
  return texts.filter((text) => text !== '');
}
