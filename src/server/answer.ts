// The responses of the server, by path.

import type { IncomingMessage, ServerResponse } from 'http';
import type { Authentication } from './authentication';
import { HEALTHY_PATH, READY_PATH, type Health, type Report } from './health';
import { inTime, Refusal, timeOf } from './limits';
import { acceptsGzip, negotiate, type FormatOptions } from './negotiation';
import type { Page } from './page';
import type { Scraper } from './scraper';

/** The path at which a server names its heap, so that other servers of the same heap stand by. @internal */
export const HEAP_PATH = '/-/heap';

/** The parts of a server that its responses need. @internal */
export interface Answering {
  readonly scraper: Scraper;
  readonly health: Health;
  /** The credentials that requests need. Undefined: they need none. */
  readonly authentication: Authentication | undefined;
  /** The longest wait for `collect` functions, in milliseconds. */
  readonly collectWait: number;
  /** The live page. */
  readonly page: Page;
  /** The path of the metrics. */
  readonly path: string;
  /** The formats of the operator's choice. */
  readonly formats: FormatOptions;
  /** The present purpose, which distinguishes this server from those of other heaps. */
  readonly purpose: () => string;
}

/** Answers a request. Never rejects. @internal */
export async function answer(
  answering: Answering,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { health, path, purpose, authentication } = answering;
  response.on('error', () => undefined);
  // A request body is ignored, and the connection is closed after the response.
  if ('content-length' in request.headers || 'transfer-encoding' in request.headers) {
    response.setHeader('Connection', 'close');
  }
  const url = parsed(request.url);
  if (url === undefined) return plain(response, 400, 'Bad request\n');
  // Other servers of the heap have no credentials, and learn only that the heap is the same.
  const isOpen = authentication === undefined || url.pathname === HEAP_PATH;
  if (!isOpen && !authentication.accepts(request.headers.authorization)) {
    response.setHeader('WWW-Authenticate', authentication.challenge);
    return plain(response, 401, 'Unauthorized\n');
  }
  if (url.pathname !== path && (await answering.page.answer(request, url, response)))
    return undefined;
  const known = [path, HEAP_PATH, HEALTHY_PATH, READY_PATH, '/'].includes(url.pathname);
  if (!known) return plain(response, 404, `Not found. The metrics are at ${path}\n`);
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.setHeader('Allow', 'GET, HEAD');
    return plain(response, 405, 'Method not allowed\n');
  }
  if (url.pathname === path) return metrics(answering, url, request, response);
  if (url.pathname === HEAP_PATH) return plain(response, 200, `${purpose()}\n`);
  if (url.pathname === HEALTHY_PATH) return json(response, await health.healthy());
  if (url.pathname === READY_PATH) return json(response, await health.ready());
  response.setHeader('Location', path);
  return plain(response, 302, `The metrics are at ${path}\n`);
}

async function metrics(
  { scraper, formats, collectWait }: Answering,
  url: URL,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { encoding, contentType } = negotiate(request.headers.accept, formats);
  const samples = url.searchParams.getAll('name[]');
  const within = timeOf(request);
  const wanted = {
    encoding,
    ...(samples.length > 0 && { samples }),
    // Half of the time remains for reading.
    ...(within !== undefined && within / 2 < collectWait && { collectWaitMs: within / 2 }),
  };
  try {
    const exposition = await inTime(scraper.scrape(wanted), within);
    if (response.destroyed) return;
    exposition.addReader(response);
    response.setHeader('Vary', 'Accept, Accept-Encoding');
    const compressed = acceptsGzip(String(request.headers['accept-encoding'] ?? ''))
      ? await exposition.compressed()
      : undefined;
    if (compressed !== undefined) response.setHeader('Content-Encoding', 'gzip');
    send(response, 200, contentType, compressed ?? exposition.body);
  } catch (error) {
    if (error instanceof Refusal && !response.headersSent) response.setHeader('Retry-After', '1');
    // Prometheus would take a part of the metrics for a reset of the rest. A failed scrape is better.
    plain(response, 503, `The metrics could not be read: ${messageOf(error)}\n`);
  }
}

function plain(response: ServerResponse, status: number, text: string): void {
  send(response, status, 'text/plain; charset=utf-8', Buffer.from(text));
}

function json(response: ServerResponse, { status, body }: Report): void {
  send(response, status, 'application/json', Buffer.from(`${JSON.stringify(body)}\n`));
}

/** Node omits the body of a response to HEAD. */
function send(response: ServerResponse, status: number, type: string, body: Buffer): void {
  if (response.headersSent || response.destroyed) return;
  response.writeHead(status, {
    'Content-Type': type,
    'Content-Length': body.length,
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
  });
  response.end(body);
}

/** The path and query of a request target, in each form of RFC 9112, 3.2. Undefined for another scheme. */
function parsed(target = '/'): URL | undefined {
  try {
    // This form means the server as a whole.
    if (target === '*') return new URL('http://server/');
    // A path may begin with two slashes, which the constructor would take for a host.
    const url = new URL(target.startsWith('/') ? `http://server${target}` : target);
    return /^https?:$/.test(url.protocol) ? url : undefined;
  } catch {
    return undefined;
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
