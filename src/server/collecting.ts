// The metrics that are in no heap, for the server's thread: only the isolate that has them can ask them.

import { collecting } from '../heap/request';
import { complain } from '../heap/collectors';
import { exposeExternal } from '../present/external-exposition';
import { externalIn } from '../registry/contents';
import type { Registry } from '../registry/registry';
import type { Encoding } from '../heap/request';

/** Whether there are any. @internal */
export function hasForeign(registries: readonly Registry[]): boolean {
  return registries.some(({ _metrics }) => externalIn(_metrics).length > 0);
}

/** Their expositions. One that fails is reported, and the others are shown all the same. @internal */
export async function foreignExpositions(
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
  return hasForeign(registries) ? collecting(async () => Promise.all(ask())) : [];
}
