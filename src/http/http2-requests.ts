// Incoming requests over HTTP/2, if Node has a channel for its streams.

import { subscribe } from 'diagnostics_channel';
import type { ServerHttp2Stream } from 'http2';
import type { TLSSocket } from 'tls';
import { methodNumber } from './methods';
import { routeOf } from './route';
import { kindOf, type ServerMetrics } from './server-metrics';

const HTTP2 = 2;

/** An open stream. */
interface Started {
  /** In milliseconds. */
  readonly start: number;
  readonly kind: number;
}

/** Measures all requests of this isolate from now on. @internal */
export function measureHttp2Requests(metrics: ServerMetrics): void {
  const open = new WeakMap<ServerHttp2Stream, Started>();

  subscribe('http2.server.stream.start', (message) => {
    const { stream, headers } = message as {
      stream: ServerHttp2Stream;
      headers: Record<string, string | undefined>;
    };
    // Streams with an even number are pushed by the server, and answer no request.
    if ((stream.id ?? 0) % 2 === 0) return;
    const isEncrypted = (stream.session?.socket as TLSSocket | undefined)?.encrypted === true;
    const kind = kindOf(methodNumber(headers[':method']), isEncrypted);
    open.set(stream, { start: performance.now(), kind });
    metrics.begin(kind);
  });

  subscribe('http2.server.stream.close', (message) => {
    const { stream } = message as { stream: ServerHttp2Stream };
    const started = open.get(stream);
    if (started === undefined) return;
    open.delete(stream);
    const status = Number(stream.sentHeaders?.[':status'] ?? 0);
    const isBroken = stream.rstCode !== 0 || status === 0;
    const { start, kind } = started;
    metrics.end(
      { kind, status, route: routeOf(stream), version: HTTP2, isBroken },
      (performance.now() - start) / 1000,
    );
  });
}
