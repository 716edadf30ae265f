// The metrics that are in no heap, as texts for the server's thread: only the isolate that has them can ask them.

import { complain } from '../heap/collectors';
import { encodeExternal } from '../present/external-text';
import { externalIn } from '../registry/contents';
import type { Registry } from '../registry/registry';
import type { Format } from '../heap/read-heap';

/** Whether there are any. @internal */
export function hasForeign(registries: readonly Registry[]): boolean {
  return registries.some(({ _metrics }) => externalIn(_metrics).length > 0);
}

/** Their texts. One that fails is reported, and the others are shown all the same. @internal */
export async function foreignTexts(
  registries: readonly Registry[],
  format: Format,
): Promise<string[]> {
  const texts = registries.flatMap(({ _metrics, _defaultLabels }) =>
    externalIn(_metrics).map(async (metric) => {
      try {
        return await encodeExternal(metric, _defaultLabels, format);
      } catch (error) {
        complain(metric, error);
        return '';
      }
    }),
  );
  return (await Promise.all(texts)).filter((text) => text !== '');
}
