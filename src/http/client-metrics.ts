// The metrics of outgoing requests.

import { Histogram } from '../../index';
import type { HttpNames, SentRequest } from './names';

/** If a process sends requests to more servers, as a crawler does, the other servers share one series. */
const MOST_SERVERS = 100;
const OTHER = '_OTHER';

/** The metrics of outgoing requests. @internal */
export class ClientMetrics {
  readonly #names: HttpNames;
  readonly #seconds: Histogram;
  readonly #servers = new Set<string>();

  constructor(names: HttpNames) {
    const { sent, buckets } = names;
    this.#names = names;
    this.#seconds = Histogram.getOrCreate({
      name: sent.name,
      help: sent.help,
      labelNames: [...sent.labelNames],
      buckets: [...buckets],
    });
  }

  /** Records a request that has ended. */
  end(request: SentRequest, seconds: number): void {
    const known = this.#isKnown(`${request.address}:${request.port}`);
    const counted = known ? request : { ...request, address: OTHER, port: undefined };
    this.#seconds.observe(this.#names.sent.labels(counted), seconds);
  }

  #isKnown(server: string): boolean {
    if (this.#servers.has(server)) return true;
    if (this.#servers.size >= MOST_SERVERS) return false;
    this.#servers.add(server);
    return true;
  }
}

/** The port of an address, or the default port of its scheme. @internal */
export function portOf(scheme: 'http' | 'https', port: string | undefined): number {
  if (port) return Number(port);
  return scheme === 'https' ? 443 : 80;
}

/** The label value of an error: its code, or its class. @internal */
export function errorLabelOf(error: unknown): string {
  const { code, name } = (error ?? {}) as { code?: unknown; name?: unknown };
  return String(code ?? name ?? 'Error');
}
