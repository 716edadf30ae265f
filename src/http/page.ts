// The page of metrics on the application's own server: one response, which each framework sends in its way.

import { gzip } from 'zlib';
import { promisify } from 'util';
import type { IncomingMessage, ServerResponse } from 'http';
import { register, type AnyRegistry } from '../../index';
import { BODY, openMetricsContentType } from '../registry/content-type';
import { coded } from '../errors';
import {
  Authentication,
  problemOfCredentials,
  type AuthenticationOptions,
} from '../server/authentication';
import { acceptsGzip, negotiate, type FormatOptions } from '../server/negotiation';

/** The options of a page. */
export interface PageOptions extends FormatOptions {
  /** The registry. Default: the global one. */
  readonly registry?: AnyRegistry;
  /** Whether to show the heap's own metrics as well (`mpmetrics_…`). Default: true. */
  readonly own?: boolean;
  /** The credentials that clients must send. Default: none. */
  readonly authentication?: AuthenticationOptions;
}

/** A response that was not sent yet. @internal */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** A smaller response, in bytes, is not compressed. */
const WORTH_COMPRESSING = 1024;

const COMMON_HEADERS = { 'Cache-Control': 'no-store', 'X-Content-Type-Options': 'nosniff' };

/** A copy of the options, for later requests. Throws a `TypeError` for invalid credentials. @internal */
export function checkedPage<Options extends PageOptions>(options: Options): Options {
  const { authentication } = options;
  const problem = authentication && problemOfCredentials(authentication);
  if (problem !== undefined) {
    throw coded(
      new TypeError(`The option "authentication" of the metrics page ${problem}`),
      'MPMETRICS_BAD_ARGUMENT',
    );
  }
  return { ...options };
}

function unauthorized({ challenge }: Authentication): Answer {
  return {
    status: 401,
    headers: {
      ...COMMON_HEADERS,
      'Content-Type': 'text/plain; charset=utf-8',
      'WWW-Authenticate': challenge,
    },
    body: Buffer.from('Unauthorized\n'),
  };
}

/**
 * The response to a request for the metrics. Never rejects: if the metrics cannot be read, the response says so.
 *
 * @param header Returns a header of the request by its lower-case name.
 * @internal
 */
export async function answerFor(
  header: (name: string) => string | null | undefined,
  { registry = register, own = true, authentication, ...formats }: PageOptions = {},
): Promise<Answer> {
  const required = authentication && new Authentication(authentication);
  if (required && !required.accepts(header('authorization'))) return unauthorized(required);
  const { encoding, contentType } = negotiate(header('accept'), formats);
  try {
    // A registry with the content type of OpenMetrics shows prom-client's text instead of the Prometheus format.
    const isPromClient =
      encoding.format === 'text' && registry.contentType === openMetricsContentType;
    const plain = isPromClient
      ? Buffer.from(await registry.metrics({ own }))
      : await registry[BODY](encoding, { own });
    const compresses = plain.length >= WORTH_COMPRESSING && acceptsGzip(header('accept-encoding'));
    // Fast rather than small: it takes the application's processor time, and the text shrinks to a tenth at any level.
    const body = compresses ? await promisify(gzip)(plain, { level: 1 }) : plain;
    return {
      status: 200,
      headers: {
        ...COMMON_HEADERS,
        'Content-Type': isPromClient ? registry.contentType : contentType,
        Vary: 'Accept, Accept-Encoding',
        ...(compresses && { 'Content-Encoding': 'gzip' }),
      },
      body,
    };
  } catch (error) {
    const message = `The metrics could not be read: ${(error as Error).message}\n`;
    return {
      status: 503,
      headers: { ...COMMON_HEADERS, 'Content-Type': 'text/plain; charset=utf-8' },
      body: Buffer.from(message),
    };
  }
}

/**
 * A listener that responds to every request with the metrics of the whole application.
 *
 * ```js
 * import { createServer } from 'node:http';
 * import { page } from 'mpmetrics/http';
 *
 * const metrics = page();
 * createServer((request, response) => {
 *   if (request.url === '/metrics') metrics(request, response);
 *   else response.end('hello');
 * }).listen(8080);
 * ```
 */
export function page(
  options: PageOptions = {},
): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  const shown = checkedPage(options);
  return async (request, response) => {
    const header = (name: string): string | undefined => request.headers[name]?.toString();
    const { status, headers, body } = await answerFor(header, shown);
    if (response.headersSent || response.destroyed) return;
    response.writeHead(status, { ...headers, 'Content-Length': body.length });
    response.end(body);
  };
}
