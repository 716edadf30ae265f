// Measuring all HTTP requests of an isolate, by a call that may be made any number of times.

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
  /** Whose names and labels the metrics have. Default: what `MPMETRICS_HTTP_NAMES` says, or `semconv`. */
  readonly names?: 'semconv' | 'classic';
}

// Outside of this module: with several copies of the package in one isolate, one of them measures.
const MEASURING = Symbol.for('mpmetrics.http.measuring');
const state = globalThis as { [MEASURING]?: boolean };

/**
 * Measures every request that this isolate receives or sends from now on. Further calls change nothing.
 *
 * @param names Whose names and labels the metrics have.
 * @internal
 */
export function measureAll(names: 'semconv' | 'classic'): void {
  if (state[MEASURING] === true) return;
  state[MEASURING] = true;
  const chosen = HTTP_NAMES[names];
  // A channel without a listener costs nothing.
  if (!isLeftOut(chosen.served.name) || !isLeftOut(chosen.active.name)) {
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
