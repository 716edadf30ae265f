// The purpose of a server: heap, path and registries. Servers with the same purpose stand by for each other.

import { digest } from '../discovery/digest';
import type { Shown } from './messages';

/** Where to listen. @internal */
export interface ListenAddress {
  readonly port: number;
  readonly host: string | undefined;
  /** Whether with TLS. */
  readonly isSecure?: boolean;
}

/** The beginning of every purpose. @internal */
export const PURPOSE_PREFIX = 'mpmetrics ';

/** The purpose of a server. @internal */
export function purposeOf(path: string, { id, registries }: Shown): string {
  return `${PURPOSE_PREFIX}${id ?? 'off'} ${path} ${registries.join(' ')}`.trimEnd();
}

/** The number of a server in its heap, which stands for address and purpose. @internal */
export function serverNumber({ port, host }: ListenAddress, purpose: string): bigint {
  return BigInt(`0x${digest(`${host ?? ''} ${port} ${purpose}`, 1)}`);
}
