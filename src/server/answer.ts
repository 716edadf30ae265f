// The responses of the server, by path.

import type { IncomingMessage, ServerResponse } from 'http';
import { acceptsGzip, negotiate, type FormatOptions } from './negotiation';
import type { Page } from './page';
import type { Scraper } from './scraper';

/** The path at which a server names its heap, so that other servers of the same heap stand by. @internal */
export const HEAP_PATH = '/-/heap';

/** The parts of a server that its responses need. @internal */
export interface Answering {
  readonly scraper: Scraper;
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
  { scraper, page, path, formats, purpose }: Answering,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  response.on('error', () => undefined);
  // A request body is ignored, and the connection is closed after the response.
  if ('content-length' in request.headers || 'transfer-encoding' in request.headers) {
    response.setHeader('Connection', 'close');
  }
  const url = parsed(request.url);
  if (url === undefined) return plain(response, 400, 'Bad request\n');
  if (url.pathname !== path && (await page.answer(request, url, response))) return undefined;
  const known = url.pathname === path || url.pathname === HEAP_PATH || url.pathname === '/';
  if (!known) return plain(response, 404, `Not found. The metrics are at ${path}\n`);
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.setHeader('Allow', 'GET, HEAD');
    return plain(response, 405, 'Method not allowed\n');
  }
  if (url.pathname === path) return metrics(scraper, formats, url, request, response);
  if (url.pathname === HEAP_PATH) return plain(response, 200, `${purpose()}\n`);
  response.setHeader('Location', path);
  return plain(response, 302, `The metrics are at ${path}\n`);
}

async function metrics(
  scraper: Scraper,
  formats: FormatOptions,
  url: URL,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { encoding, contentType } = negotiate(request.headers.accept, formats);
  const samples = url.searchParams.getAll('name[]');
  try {
    const exposition = await scraper.scrape({ encoding, ...(samples.length > 0 && { samples }) });
    if (response.destroyed) return;
    exposition.addReader(response);
    response.setHeader('Vary', 'Accept, Accept-Encoding');
    const compressed = acceptsGzip(String(request.headers['accept-encoding'] ?? ''))
      ? await exposition.compressed()
      : undefined;
    if (compressed !== undefined) response.setHeader('Content-Encoding', 'gzip');
    send(response, 200, contentType, compressed ?? exposition.body);
  } catch (error) {
    // Prometheus would take a part of the metrics for a reset of the rest. A failed scrape is better.
    plain(response, 503, `The metrics could not be read: ${messageOf(error)}\n`);
  }
}

function plain(response: ServerResponse, status: number, text: string): void {
  send(response, status, 'text/plain; charset=utf-8', Buffer.from(text));
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
