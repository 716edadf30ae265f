// The metrics that are in no heap, as texts for the server's thread: only the isolate that has them can ask them.

import { collecting } from '../heap/request';
import { complain } from '../heap/collectors';
import { encodeExternal } from '../present/external-text';
import { externalIn } from '../registry/contents';
import type { Registry } from '../registry/registry';
import type { Format } from '../heap/request';

/** Whether there are any. @internal */
export function hasForeign(registries: readonly Registry[]): boolean {
  return registries.some(({ _metrics }) => externalIn(_metrics).length > 0);
}

/** Their texts. One that fails is reported, and the others are shown all the same. @internal */
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
