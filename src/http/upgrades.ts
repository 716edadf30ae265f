// Requests for another protocol, such as WebSocket. Node passes them on without using its diagnostics channel.

import { subscribe } from 'diagnostics_channel';
import type { IncomingMessage, Server } from 'http';
import type { Socket } from 'net';
import { OpenRequest } from './open-request';
import type { ServerMetrics } from './server-metrics';

/**
 * The events of such requests. Without a listener, a server treats them like other requests, so this file must not be
 * the only listener.
 */
const EVENTS = ['upgrade', 'connect'];

type Listener = (request: IncomingMessage, socket: Socket) => void;

/**
 * Measures each such request up to the first bytes of its response, on all servers that begin to listen from now on.
 * @internal
 */
export function measureUpgrades(metrics: ServerMetrics): void {
  const measure: Listener = (message, socket) => {
    const { method, httpVersionMinor } = message;
    const isEncrypted = (socket as { encrypted?: boolean }).encrypted === true;
    const request = new OpenRequest(method, isEncrypted, httpVersionMinor === 0 ? 0 : 1);
    request.attachTo(message);
    metrics.begin(request);
    onAnswer(socket, (status) => {
      request.status = status ?? 0;
      request.isBroken = status === undefined;
      metrics.end(request);
    });
  };

  const servers = new WeakSet<object>();
  subscribe('tracing:net.server.listen:asyncStart', (message) => {
    const { server } = message as { server: Server };
    // Servers of other protocols have neither event.
    if (servers.has(server) || typeof server.setTimeout !== 'function') return;
    servers.add(server);
    for (const event of EVENTS) listenBeside(server, event, measure);
  });
}

/** Listens to an event before all other listeners, as long as there is another one. */
function listenBeside(server: Server, event: string, listener: Listener): void {
  if (server.listenerCount(event) > 0) server.prependListener(event, listener as () => void);
  server.on('newListener', (added, other) => {
    if (added !== event || other === listener || server.listeners(event).includes(listener)) return;
    server.prependListener(event, listener as () => void);
  });
  server.on('removeListener', (removed) => {
    if (removed !== event || server.listenerCount(event) !== 1) return;
    if (server.listeners(event).includes(listener)) server.removeListener(event, listener);
  });
}

/** Reports the first status that is written to a socket; undefined if the socket closes before. */
function onAnswer(socket: Socket, report: (status: number | undefined) => void): void {
  const { write, end } = socket;
  const finish = (status: number | undefined): void => {
    Object.assign(socket, { write, end });
    socket.off('close', closed);
    report(status);
  };
  const closed = (): void => finish(undefined);
  const seeing =
    (original: (...given: never[]) => unknown) =>
    (...given: never[]): unknown => {
      finish(statusIn(given[0]));
      return original.apply(socket, given);
    };
  Object.assign(socket, { write: seeing(write), end: seeing(end) });
  socket.once('close', closed);
}

function statusIn(chunk: unknown): number | undefined {
  const text = chunk instanceof Uint8Array ? Buffer.from(chunk.subarray(0, 16)).toString() : chunk;
  const [, status] = /^HTTP\/1\.[01] (\d{3})/.exec(String(text)) ?? [];
  return status === undefined ? undefined : Number(status);
}
