// The live page: which requests get it, the page itself, and its events.

import { readFileSync } from 'fs';
import type { IncomingMessage, ServerResponse } from 'http';
import { isIP } from 'net';
import type { PageFeed } from './page-feed';

/** The path of the events. @internal */
export const EVENTS_PATH = '/events';
/** The most families that a page can ask for by name. */
const MOST_NAMES = 100;

/** The settings of the page. @internal */
export interface PageSettings {
  /** The file of the page. */
  readonly file: string;
  /** The operator's choice; undefined: the page is there for clients of this machine. */
  readonly choice: boolean | undefined;
  /** The host to listen on, which is one of the server's own names. */
  readonly host: string | undefined;
}

/** The live page of a server. @internal */
export class Page {
  readonly #settings: PageSettings;
  readonly #feed: PageFeed;
  #html: Buffer | undefined;

  constructor(settings: PageSettings, feed: PageFeed) {
    this.#settings = settings;
    this.#feed = feed;
  }

  /** Answers a request for the page or its events. False: neither is meant, or the client must not have it. */
  async answer(request: IncomingMessage, url: URL, response: ServerResponse): Promise<boolean> {
    const isEvents = url.pathname === EVENTS_PATH;
    const wanted = isEvents ? 'text/event-stream' : 'text/html';
    if (!isEvents && url.pathname !== '/') return false;
    if (request.method !== 'GET' && request.method !== 'HEAD') return false;
    if (!(request.headers.accept ?? '').includes(wanted) || !this.#mayHave(request)) return false;
    const refusal = this.#refusal(request);
    if (refusal !== undefined) refuse(response, 403, refusal);
    else if (!isEvents) this.#page(response);
    else if (this.#feed.isFull) refuse(response, 503, 'Too many pages are open.');
    else if (request.method === 'GET') {
      const names = url.searchParams.getAll('name[]').slice(0, MOST_NAMES);
      await this.#feed.open(response, names);
    } else response.end();
    return true;
  }

  /** Ends all events. */
  close(): void {
    this.#feed.close();
  }

  /**
   * The page lists processes. Without the operator's choice, only clients of this machine get it. A proxy on this
   * machine stands for clients elsewhere.
   */
  #mayHave({ socket, headers }: IncomingMessage): boolean {
    if (this.#settings.choice !== undefined) return this.#settings.choice;
    const isForwarded = ['forwarded', 'via', 'x-forwarded-for'].some((name) => name in headers);
    return isLoopback(socket.remoteAddress ?? '') && !isForwarded;
  }

  /** A page of another origin could give its own name this machine's address, and read the answer (DNS rebinding). */
  #refusal({ headers }: IncomingMessage): string | undefined {
    const name = hostName(headers.host ?? '');
    const isOwn = isIP(name) > 0 || /^(.+\.)?localhost$/.test(name) || name === this.#settings.host;
    if (!isOwn) return 'The page has no such host name. Open it by the address of this machine.';
    const site = headers['sec-fetch-site'];
    const isForeign = site === 'cross-site' && headers['sec-fetch-mode'] !== 'navigate';
    return isForeign ? 'The page answers no requests of other pages.' : undefined;
  }

  #page(response: ServerResponse): void {
    try {
      this.#html ??= readFileSync(this.#settings.file);
    } catch {
      refuse(response, 503, `The file of the page is missing: ${this.#settings.file}`);
      return;
    }
    response.writeHead(200, {
      'Content-Type': 'text/html; charset=utf-8',
      'Content-Length': this.#html.length,
      'Cache-Control': 'no-store',
      Vary: 'Accept',
      // The page itself has the rest of its policy, which names its own script and style by their hashes.
      'Content-Security-Policy': "frame-ancestors 'none'",
      'Cross-Origin-Opener-Policy': 'same-origin',
      'Cross-Origin-Resource-Policy': 'same-origin',
      'Referrer-Policy': 'no-referrer',
      'X-Content-Type-Options': 'nosniff',
    });
    response.end(this.#html);
  }
}

function refuse(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, {
    'Content-Type': 'text/plain; charset=utf-8',
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
  });
  response.end(`${text}\n`);
}

/** The name in a Host header, without port and brackets. */
function hostName(host: string): string {
  return host
    .replace(/:\d+$/, '')
    .replace(/^\[(.*)\]$/, '$1')
    .toLowerCase();
}

function isLoopback(address: string): boolean {
  return address === '::1' || /^(::ffff:)?127\./.test(address);
}
