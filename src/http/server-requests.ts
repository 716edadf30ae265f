// Incoming requests over HTTP/1, from Node's diagnostics channel to the end of the response.
//
// A response is counted before its last bytes are passed to the system. So a received response is on the page, even if
// this process is killed immediately afterwards. A response that is too long to be sent at once is counted when the
// system has taken all of it. A broken response is counted when its connection closes.

import { subscribe } from 'diagnostics_channel';
import type { IncomingMessage, ServerResponse } from 'http';
import type { Socket } from 'net';
// oxlint-disable-next-line import/default -- the compiler makes one of `export =`
import builtin from '../builtin.cjs';
import { OpenRequest, openRequest } from './open-request';
import type { ServerMetrics } from './server-metrics';

/** A response with at most this many unsent bytes is taken by the system at once. */
const SMALL = 16_384;

/** The characters that Node refuses in a status message. */
const FORBIDDEN = /[^\t\x20-\x7e\x80-\xff]/;

const LATEST = Symbol('mpmetrics.http.latest');

interface MeasuredSocket extends Socket {
  readonly encrypted?: boolean;
  /** The latest open request; null if all are counted. */
  [LATEST]?: Http1Request | null;
}

interface Started {
  request: IncomingMessage;
  response: ServerResponse;
  socket: MeasuredSocket;
}

class Http1Request extends OpenRequest {
  readonly response: ServerResponse;
  readonly socket: MeasuredSocket;
  /** The request before this one on a connection with pipelined requests. */
  earlier: Http1Request | undefined = undefined;

  constructor({ request, response, socket }: Started) {
    super(request.method, socket.encrypted === true, request.httpVersionMinor === 0 ? 0 : 1);
    this.response = response;
    this.socket = socket;
    this.attachTo(request);
    this.attachTo(response);
  }
}

let latest: OpenRequest | undefined;

/**
 * The request that has begun last. For code that runs synchronously when a request begins, it is the present request.
 * @internal
 */
export function latestRequest(): OpenRequest | undefined {
  return latest;
}

/** Measures all requests of this isolate from now on. @internal */
export function measureServerRequests(metrics: ServerMetrics): void {
  const finish = (request: Http1Request, isBroken: boolean): void => {
    const { response, socket } = request;
    // A connection must not keep its last response in memory: each garbage collection would copy the response.
    if (socket[LATEST] === request) socket[LATEST] = request.earlier ?? null;
    request.isBroken = isBroken;
    request.status = isBroken && !response.headersSent ? 0 : response.statusCode;
    metrics.end(request);
  };

  subscribe('http.server.request.start', (message) => {
    const request = new Http1Request(message as Started);
    latest = request;
    metrics.begin(request);
    const { socket } = request;
    const before = socket[LATEST];
    if (before === undefined) socket.on('close', breakOff);
    else if (before !== null) follow(request, before);
    socket[LATEST] = request;
  });

  function breakOff(this: MeasuredSocket): void {
    let request = this[LATEST] ?? undefined;
    while (request !== undefined) {
      const { earlier } = request;
      if (request.isOpen) finish(request, true);
      request = earlier;
    }
  }

  onEnd((response, chunk) => {
    const request = openRequest(response) as Http1Request | undefined;
    if (request?.isOpen !== true || !isSendable(response, chunk)) return;
    // Node may refuse an end whose length must be that of the header.
    if (lengthOf(chunk) + response.writableLength <= SMALL && !response.strictContentLength) {
      finish(request, false);
      return;
    }
    // This event also comes when the connection is closed. Then the end of the connection counts.
    response.once('finish', () => {
      if (request.isOpen && !request.socket.destroyed) finish(request, false);
    });
  });
}

/** Calls `look` for each response before it ends. */
function onEnd(look: (response: ServerResponse, chunk: unknown) => void): void {
  const { ServerResponse: Response, OutgoingMessage: Message } = builtin.http();
  const { prototype } = Response;
  type End = (this: ServerResponse, ...given: unknown[]) => ServerResponse;
  const own = Object.hasOwn(prototype, 'end') ? (prototype.end as End) : undefined;
  function end(
    this: ServerResponse,
    chunk: unknown,
    encoding: unknown,
    callback: unknown,
  ): ServerResponse {
    look(this, chunk);
    return (own ?? (Message.prototype.end as End)).call(this, chunk, encoding, callback);
  }
  const [enumerable, configurable, writable] = [false, true, true];
  Object.defineProperty(prototype, 'end', { value: end, enumerable, configurable, writable });
}

/** Adds a request that must wait for those before it, and removes ended ones. */
function follow(request: Http1Request, before: Http1Request): void {
  let { earlier } = before;
  while (earlier?.isOpen === false) ({ earlier } = earlier);
  before.earlier = earlier;
  request.earlier = before.isOpen ? before : earlier;
}

/**
 * Whether Node accepts this end of a response. A refused end is an error of the application, and the response stays
 * open.
 */
function isSendable(response: ServerResponse, chunk: unknown): boolean {
  const { statusCode, statusMessage, socket } = response;
  if (socket?.destroyed === true || !(statusCode >= 100 && statusCode <= 999)) return false;
  if (statusMessage && !response.headersSent && FORBIDDEN.test(statusMessage)) return false;
  return chunk == null || typeof chunk !== 'object' || chunk instanceof Uint8Array;
}

function lengthOf(chunk: unknown): number {
  if (typeof chunk === 'string') return chunk.length;
  return chunk instanceof Uint8Array ? chunk.byteLength : 0;
}
