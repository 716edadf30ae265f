// The expositions of external metrics for the server's thread. Only their own isolate can ask them.

import { collecting } from '../heap/request';
import { complain } from '../heap/collectors';
import { exposeExternal } from '../present/external-exposition';
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
  const ask = (): Promise<Uint8Array>[] =>
    registries.flatMap(({ _metrics, _defaultLabels }) =>
      externalIn(_metrics).map(async (metric) => {
        try {
          return await exposeExternal(metric, _defaultLabels, encoding);
        } catch (error) {
          complain(metric, error);
          return new Uint8Array();
        }
      }),
    );
  return hasExternal(registries) ? collecting(async () => Promise.all(ask())) : [];
}
