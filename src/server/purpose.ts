// What a server is for: by this, others of the same heap know it, and stand by.

import { digest } from '../discovery/digest';
import type { Shown } from './messages';
import type { Place } from './port';

/** What every server of this package says that it is for begins with. @internal */
export const PURPOSE_PREFIX = 'mpmetrics ';

/** What distinguishes a server from those of other heaps, registries and paths. @internal */
export function purposeOf(path: string, { id, registries }: Shown): string {
  return `${PURPOSE_PREFIX}${id ?? 'off'} ${path} ${registries.join(' ')}`.trimEnd();
}

/** The number of a server in its heap: one for all that have the same purpose in the same place. @internal */
export function serverNumber({ port, host }: Place, purpose: string): bigint {
  return BigInt(`0x${digest(`${host ?? ''} ${port} ${purpose}`, 1)}`);
}
