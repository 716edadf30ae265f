// Limits for the connections of the server, so that no client can harm the application through it.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'http';
import type { Socket } from 'net';
// oxlint-disable-next-line import/default -- the compiler makes one of `export =`
import builtin from '../builtin.cjs';
import type { Certificates } from './tls';

/** The most connections at once. Beyond this, the connection that has been idle longest is dropped. */
const MOST_CONNECTIONS = 1000;
/**
 * The most requests in progress on one connection. Beyond this, the connection is dropped: scrapers send one request at
 * a time.
 */
const MOST_OF_CONNECTION = 16;
/** The most requests in progress in all. Beyond this, the connection that has waited longest is dropped. */
const MOST_REQUESTS = 1000;

/** The longest time for the headers of a request, in milliseconds. */
const HEADERS_WITHIN = 5_000;
/** The longest time for a whole request. */
const REQUEST_WITHIN = 10_000;
/** The longest time in which a client reads nothing of a response. */
const PROGRESS_WITHIN = 10_000;
/** The longest time for the transfer of a complete response. */
const ANSWER_WITHIN = 60_000;
/** How long a connection without requests stays open, which is a little longer than the usual time between scrapes. */
const KEPT_FOR = 75_000;

/**
 * Makes a server with limits for every action of a client. The time for making a response has no limit here, because
 * `collect` functions may take longer.
 *
 * @param answer Responds, and resolves when the whole response was handed over. Never rejects.
 * @param certificates Those of a server with TLS.
 * @internal
 */
export function limitedServer(
  answer: (request: IncomingMessage, response: ServerResponse) => Promise<void>,
  certificates?: Certificates,
): Server {
  const connections = new Connections();
  const requests = new Requests();
  const options = {
    maxHeaderSize: 8192,
    headersTimeout: HEADERS_WITHIN,
    requestTimeout: REQUEST_WITHIN,
    keepAliveTimeout: KEPT_FOR,
    connectionsCheckingInterval: 1_000,
  };
  const listener = (request: IncomingMessage, response: ServerResponse): void => {
    const { socket } = request;
    // Requests that arrived together with the excess one.
    if (socket.destroyed) return;
    connections.use(socket);
    response.on('close', () => connections.use(socket));
    if (!requests.add(socket, response)) return;
    void answer(request, response).finally(() => {
      requests.answered(socket, response);
      limitAnswer(response);
    });
  };
  const server =
    certificates === undefined
      ? createServer(options, listener)
      : builtin
          .https()
          .createServer(
            { ...options, ...certificates, handshakeTimeout: HEADERS_WITHIN },
            listener,
          );
  // Those within a handshake, which has a limit of its own, count here only.
  if (certificates !== undefined) server.maxConnections = 2 * MOST_CONNECTIONS;
  server.maxHeadersCount = 100;
  server.timeout = PROGRESS_WITHIN;
  server.on('timeout', (socket) => {
    if (requests.isAnswering(socket)) socket.setTimeout(server.timeout);
    else socket.destroy();
  });
  server.on(certificates === undefined ? 'connection' : 'secureConnection', (socket: Socket) => {
    connections.add(socket);
    socket.on('close', () => requests.drop(socket));
  });
  return server;
}

/** The connections, in the order of their last use. */
class Connections {
  readonly #sockets = new Set<Socket>();

  add(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket));
    if (this.#sockets.size > MOST_CONNECTIONS) this.#sockets.values().next().value?.destroy();
  }

  /** Moves a connection to the end of the order. */
  use(socket: Socket): void {
    if (this.#sockets.delete(socket)) this.#sockets.add(socket);
  }
}

/** The requests in progress, by connection. The connection that has waited longest is first. */
class Requests {
  /** By connection: the responses, and whether each was handed over. */
  readonly #pending = new Map<Socket, Map<ServerResponse, boolean>>();
  #count = 0;

  /** Adds a request. If its connection has too many, closes the connection and returns false. */
  add(socket: Socket, response: ServerResponse): boolean {
    const responses = this.#pending.get(socket) ?? new Map<ServerResponse, boolean>();
    if (responses.size === MOST_OF_CONNECTION) {
      this.drop(socket);
      return false;
    }
    this.#pending.set(socket, responses.set(response, false));
    this.#count += 1;
    response.on('close', () => this.#closed(socket, response));
    if (this.#count > MOST_REQUESTS) this.drop(this.#pending.keys().next().value as Socket);
    return true;
  }

  /** Notes that the response was handed over. */
  answered(socket: Socket, response: ServerResponse): void {
    const responses = this.#pending.get(socket);
    if (responses?.has(response)) responses.set(response, true);
  }

  /** Whether a response for that connection is being made. */
  isAnswering(socket: Socket): boolean {
    return [...(this.#pending.get(socket)?.values() ?? [])].includes(false);
  }

  /** Closes a connection, and ends its requests in progress. */
  drop(socket: Socket): void {
    const responses = this.#pending.get(socket) ?? new Map<ServerResponse, boolean>();
    this.#pending.delete(socket);
    this.#count -= responses.size;
    for (const response of responses.keys()) {
      response.destroy();
      // Node notifies only the response that is being sent that its connection is gone.
      if (response.socket === null) response.emit('close');
    }
    socket.destroy();
  }

  #closed(socket: Socket, response: ServerResponse): void {
    const responses = this.#pending.get(socket);
    if (!responses?.delete(response)) return;
    this.#count -= 1;
    if (responses.size === 0) this.#pending.delete(socket);
  }
}

function limitAnswer(response: ServerResponse): void {
  if (response.destroyed) return;
  const timer = setTimeout(() => response.destroy(), ANSWER_WITHIN);
  timer.unref();
  response.on('close', () => clearTimeout(timer));
}
