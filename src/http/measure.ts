// The measurement of all HTTP requests of an isolate. Starting it twice is harmless.

import { warn } from '../errors';
import { isLeftOut } from '../metrics/policy';
import { ClientMetrics } from './client-metrics';
import { measureClientRequests } from './client-requests';
import { measureHttp2Requests } from './http2-requests';
import { HTTP_NAMES } from './names';
import { ServerMetrics } from './server-metrics';
import { measureServerRequests } from './server-requests';
import { measureUndiciRequests } from './undici-requests';
import { measureUpgrades } from './upgrades';

/** How requests are measured. */
export interface MeasureOptions {
  /** The choice of names and labels. Default: the value of `MPMETRICS_HTTP_NAMES`, or `semconv`. */
  readonly names?: 'semconv' | 'classic';
}

// On `globalThis`, so that only one of several copies of the package measures.
const MEASURING = Symbol.for('mpmetrics.http.measuring');
const state = globalThis as { [MEASURING]?: boolean };

/**
 * Measures every request that this isolate receives or sends from now on. Further calls change nothing.
 *
 * @param names The choice of names and labels.
 * @internal
 */
export function measureAll(names: 'semconv' | 'classic'): void {
  if (state[MEASURING] === true) return;
  state[MEASURING] = true;
  const chosen = HTTP_NAMES[names];
  // A channel without a listener costs nothing.
  if (!isLeftOut(chosen.served.name) || !isLeftOut(chosen.active.name)) {
    warnOfUnreported();
    const metrics = new ServerMetrics(chosen);
    measureServerRequests(metrics);
    measureHttp2Requests(metrics);
    measureUpgrades(metrics);
  }
  if (!isLeftOut(chosen.sent.name)) {
    const metrics = new ClientMetrics(chosen);
    measureClientRequests(metrics);
    measureUndiciRequests(metrics);
  }
}

/** Bun has the channels of Node for incoming requests, and publishes nothing there. */
function warnOfUnreported(): void {
  if (!('bun' in process.versions)) return;
  warn(
    'MPMETRICS_REQUESTS_NOT_REPORTED',
    'Bun does not report incoming HTTP requests, so they are not measured. Outgoing ones of node:http are.',
  );
}
