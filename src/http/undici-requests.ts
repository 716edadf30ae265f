// Outgoing requests through `fetch` and undici.

import { subscribe } from 'diagnostics_channel';
import { errorLabelOf, portOf, type ClientMetrics } from './client-metrics';
import { now, secondsSince } from './clock';
import { methodLabel } from './methods';

/** A request, as undici reports it. */
interface UndiciRequest {
  readonly method?: string;
  readonly origin?: string | URL;
}

/** A request in progress. */
interface Started {
  /** In milliseconds. */
  readonly start: number;
  status?: number;
}

/** Measures all such requests of this isolate from now on. @internal */
export function measureUndiciRequests(metrics: ClientMetrics): void {
  const open = new WeakMap<UndiciRequest, Started>();

  subscribe('undici:request:create', (message) => {
    const { request } = message as { request: UndiciRequest };
    open.set(request, { start: now() });
  });
  subscribe('undici:request:headers', (message) => {
    const { request, response } = message as {
      request: UndiciRequest;
      response: { statusCode: number };
    };
    const started = open.get(request);
    if (started !== undefined) started.status = response.statusCode;
  });
  // The body was read to its end. This event also comes without trailers.
  subscribe('undici:request:trailers', (message) => {
    end((message as { request: UndiciRequest }).request, undefined);
  });
  subscribe('undici:request:error', (message) => {
    const { request, error } = message as { request: UndiciRequest; error: unknown };
    end(request, errorLabelOf(error));
  });

  function end(request: UndiciRequest, error: string | undefined): void {
    const started = open.get(request);
    const origin = urlOf(request.origin);
    if (started === undefined || origin === undefined) return;
    open.delete(request);
    const scheme = origin.protocol === 'https:' ? 'https' : 'http';
    metrics.end(
      {
        method: methodLabel(request.method),
        scheme,
        address: origin.hostname,
        port: portOf(scheme, origin.port),
        ...(started.status !== undefined && { status: started.status }),
        ...(error !== undefined && { error }),
      },
      secondsSince(started.start),
    );
  }
}

function urlOf(origin: string | URL | undefined): URL | undefined {
  try {
    return new URL(String(origin));
  } catch {
    return undefined;
  }
}
