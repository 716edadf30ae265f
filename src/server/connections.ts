// Keeps the connections of the server few and short, so that nobody can harm the application through it.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'http';
import type { Socket } from 'net';

/** The most connections at once. One more, and the one that has been idle longest is dropped. */
const MOST_CONNECTIONS = 1000;

/** The longest time for the headers of a request, in milliseconds. */
const HEADERS_WITHIN = 5_000;
/** The longest time for a whole request. */
const REQUEST_WITHIN = 10_000;
/** How long a client may take nothing of an answer. */
const PROGRESS_WITHIN = 10_000;
/** The longest time for an answer to be taken, once it is there. */
const ANSWER_WITHIN = 60_000;
/** How long a connection is kept between two requests: a little longer than between two usual scrapes. */
const KEPT_FOR = 75_000;

/**
 * Makes a server with limits for everything that a client can do. What an answer takes to be made is no client's doing, and
 * counts for none of them: `collect` functions may take longer.
 *
 * @param answer Answers, and resolves when the whole answer was handed over. Never rejects.
 * @internal
 */
export function limitedServer(
  answer: (request: IncomingMessage, response: ServerResponse) => Promise<void>,
): Server {
  /** The connections, the one that has been idle longest first. */
  const connections = new Set<Socket>();
  /** How many answers are being made for a connection; a client need not wait for one before it asks again. */
  const awaited = new Map<Socket, number>();
  const server = createServer(
    {
      maxHeaderSize: 8192,
      headersTimeout: HEADERS_WITHIN,
      requestTimeout: REQUEST_WITHIN,
      keepAliveTimeout: KEPT_FOR,
      connectionsCheckingInterval: 1_000,
    },
    (request, response) => {
      const { socket } = request;
      used(connections, socket);
      response.on('close', () => used(connections, socket));
      awaited.set(socket, (awaited.get(socket) ?? 0) + 1);
      void answer(request, response).finally(() => {
        const others = (awaited.get(socket) ?? 0) - 1;
        if (others > 0) awaited.set(socket, others);
        else awaited.delete(socket);
        limitAnswer(response);
      });
    },
  );
  server.maxHeadersCount = 100;
  server.timeout = PROGRESS_WITHIN;
  server.on('timeout', (socket) => {
    if (awaited.has(socket)) socket.setTimeout(server.timeout);
    else socket.destroy();
  });
  server.on('connection', (socket) => {
    connections.add(socket);
    socket.on('close', () => connections.delete(socket));
    if (connections.size > MOST_CONNECTIONS) connections.values().next().value?.destroy();
  });
  return server;
}

/** Moves a connection to the end of those to be dropped. */
function used(connections: Set<Socket>, socket: Socket): void {
  if (connections.delete(socket)) connections.add(socket);
}

function limitAnswer(response: ServerResponse): void {
  if (response.destroyed) return;
  const timer = setTimeout(() => response.destroy(), ANSWER_WITHIN);
  timer.unref();
  response.on('close', () => clearTimeout(timer));
}
