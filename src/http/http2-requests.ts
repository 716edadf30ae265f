// Incoming requests over HTTP/2, if Node has a channel for its streams.

import { subscribe } from 'diagnostics_channel';
import type { ServerHttp2Stream } from 'http2';
import type { TLSSocket } from 'tls';
import { OpenRequest, openRequest } from './open-request';
import type { ServerMetrics } from './server-metrics';

const HTTP2 = 2;

/** Measures all requests of this isolate from now on. @internal */
export function measureHttp2Requests(metrics: ServerMetrics): void {
  subscribe('http2.server.stream.start', (message) => {
    const { stream, headers } = message as {
      stream: ServerHttp2Stream;
      headers: Record<string, string | undefined>;
    };
    // Streams with an even number are pushed by the server, and answer no request.
    if ((stream.id ?? 0) % 2 === 0) return;
    const isEncrypted = (stream.session?.socket as TLSSocket | undefined)?.encrypted === true;
    const request = new OpenRequest(headers[':method'], isEncrypted, HTTP2);
    request.attachTo(stream);
    metrics.begin(request);
  });

  subscribe('http2.server.stream.close', (message) => {
    const { stream } = message as { stream: ServerHttp2Stream };
    const request = openRequest(stream);
    if (request?.isOpen !== true) return;
    request.status = Number(stream.sentHeaders?.[':status'] ?? 0);
    request.isBroken = stream.rstCode !== 0 || request.status === 0;
    metrics.end(request);
  });
}
