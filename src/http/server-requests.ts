// Incoming requests over HTTP/1, from Node's diagnostics channel to the end of the response.
//
// A response is counted before its last bytes are passed to the system. So a received response is on the page, even if
// this process is killed immediately afterwards. A response that is too long to be sent at once is counted when the
// system has taken all of it. A broken response is counted when its connection closes.

import { subscribe } from 'diagnostics_channel';
import type { IncomingMessage, OutgoingMessage, ServerResponse } from 'http';
import type { Socket } from 'net';
// oxlint-disable-next-line import/default -- the compiler makes one of `export =`
import builtin from '../builtin.cjs';
import { methodNumber } from './methods';
import { routeOf } from './route';
import { kindOf, type ServerMetrics } from './server-metrics';

/** A response with at most this many unsent bytes is taken by the system at once. */
const SMALL = 16_384;

const START = Symbol('mpmetrics.http.start');
const KIND = Symbol('mpmetrics.http.kind');
const EARLIER = Symbol('mpmetrics.http.earlier');
const LATEST = Symbol('mpmetrics.http.latest');

interface MeasuredResponse extends ServerResponse {
  /** When the request began, in milliseconds; 0 after it was counted. */
  [START]?: number;
  [KIND]?: number;
  /** The response before this one on a connection with pipelined requests. */
  [EARLIER]?: MeasuredResponse | undefined;
}

interface MeasuredSocket extends Socket {
  readonly encrypted?: boolean;
  /** The response to the latest request. */
  [LATEST]?: MeasuredResponse;
}

interface Started {
  request: IncomingMessage;
  response: MeasuredResponse;
  socket: MeasuredSocket;
}

let latest: IncomingMessage | undefined;

/**
 * The request that has begun last. For code that runs synchronously when a request begins, it is the present request.
 * @internal
 */
export function latestRequest(): IncomingMessage | undefined {
  return latest;
}

/** Measures all requests of this isolate from now on. @internal */
export function measureServerRequests(metrics: ServerMetrics): void {
  const finish = (response: MeasuredResponse, isBroken: boolean): void => {
    const { req, statusCode, headersSent } = response;
    const seconds = (performance.now() - (response[START] as number)) / 1000;
    response[START] = 0;
    metrics.end(
      {
        kind: response[KIND] as number,
        status: isBroken && !headersSent ? 0 : statusCode,
        route: routeOf(req),
        version: req.httpVersionMinor === 0 ? 0 : 1,
        isBroken,
      },
      seconds,
    );
  };

  subscribe('http.server.request.start', (message) => {
    const { request, response, socket } = message as Started;
    latest = request;
    const kind = kindOf(methodNumber(request.method), socket.encrypted === true);
    response[START] = performance.now();
    response[KIND] = kind;
    metrics.begin(kind);
    const before = socket[LATEST];
    if (before === undefined) socket.on('close', breakOff);
    else if (isOpen(before)) follow(response, before);
    socket[LATEST] = response;
  });

  function breakOff(this: MeasuredSocket): void {
    for (let response = this[LATEST]; response !== undefined; response = response[EARLIER]) {
      if (isOpen(response)) finish(response, true);
    }
  }

  /** This event also comes when the connection is closed. Then the end of the connection counts. */
  function onFinish(this: MeasuredResponse): void {
    if (isOpen(this) && !this.req.socket.destroyed) finish(this, false);
  }

  onEnd((response, chunk) => {
    if (!isOpen(response) || !isSendable(response, chunk)) return;
    if (lengthOf(chunk) + response.writableLength <= SMALL) finish(response, false);
    else response.once('finish', onFinish);
  });
}

/** Calls `look` for each response before it ends. */
function onEnd(look: (response: MeasuredResponse, chunk: unknown) => void): void {
  const { ServerResponse: Response, OutgoingMessage: Message } = builtin.http();
  const { prototype } = Response;
  type End = OutgoingMessage['end'];
  const own = Object.hasOwn(prototype, 'end') ? prototype.end : undefined;
  function end(this: MeasuredResponse, ...given: Parameters<End>): ServerResponse {
    look(this, given[0]);
    const original = (own ?? Message.prototype.end) as (...all: unknown[]) => ServerResponse;
    return original.call(this, given[0], given[1], given[2]);
  }
  const [enumerable, configurable, writable] = [false, true, true];
  Object.defineProperty(end, 'length', { value: 3, configurable });
  Object.defineProperty(prototype, 'end', { value: end, enumerable, configurable, writable });
}

function isOpen(response: MeasuredResponse): boolean {
  return (response[START] ?? 0) > 0;
}

/** Adds a response that must wait for an open one, and removes ended ones before it. */
function follow(response: MeasuredResponse, before: MeasuredResponse): void {
  let earlier = before[EARLIER];
  while (earlier !== undefined && !isOpen(earlier)) earlier = earlier[EARLIER];
  before[EARLIER] = earlier;
  response[EARLIER] = before;
}

/**
 * Whether Node accepts this end of a response. A refused end is an error of the application, and the response stays
 * open.
 */
function isSendable({ statusCode, socket }: MeasuredResponse, chunk: unknown): boolean {
  if (socket?.destroyed === true || !(statusCode >= 100 && statusCode <= 999)) return false;
  return chunk == null || typeof chunk !== 'object' || chunk instanceof Uint8Array;
}

function lengthOf(chunk: unknown): number {
  if (typeof chunk === 'string') return chunk.length;
  return chunk instanceof Uint8Array ? chunk.byteLength : 0;
}
