// Outgoing requests through `node:http` and `node:https`.

import { subscribe } from 'diagnostics_channel';
import type { ClientRequest, IncomingMessage } from 'http';
import { errorLabelOf, portOf, type ClientMetrics } from './client-metrics';
import { now, secondsSince } from './clock';
import { methodLabel } from './methods';

/** A request in progress. */
interface Started {
  /** In milliseconds. */
  readonly start: number;
  response?: IncomingMessage;
}

/** Measures all such requests of this isolate from now on. @internal */
export function measureClientRequests(metrics: ClientMetrics): void {
  const open = new WeakMap<ClientRequest, Started>();

  const begin = (message: unknown): void => {
    const { request } = message as { request: ClientRequest };
    if (!open.has(request)) open.set(request, { start: now() });
  };
  // Node.js 20 has only the second channel, which reports a request after it was written.
  subscribe('http.client.request.created', begin);
  subscribe('http.client.request.start', begin);

  subscribe('http.client.response.finish', (message) => {
    const { request, response } = message as { request: ClientRequest; response: IncomingMessage };
    const started = open.get(request);
    if (started === undefined) return;
    started.response = response;
    // The channel reports the headers of a response. The response ends later.
    response.once('close', () => {
      end(request, response.complete ? undefined : 'ECONNRESET');
    });
  });

  subscribe('http.client.request.error', (message) => {
    const { request, error } = message as { request: ClientRequest; error: unknown };
    end(request, errorLabelOf(error));
  });

  function end(request: ClientRequest, error: string | undefined): void {
    const started = open.get(request);
    if (started === undefined) return;
    open.delete(request);
    const { start, response } = started;
    const scheme = request.protocol === 'https:' ? 'https' : 'http';
    const [, port] = /:(\d+)$/.exec(String(request.getHeader('host') ?? '')) ?? [];
    metrics.end(
      {
        method: methodLabel(request.method),
        scheme,
        address: request.host,
        port: portOf(scheme, port),
        ...(response && { status: response.statusCode ?? 0, version: response.httpVersion }),
        ...(error !== undefined && { error }),
      },
      secondsSince(start),
    );
  }
}
