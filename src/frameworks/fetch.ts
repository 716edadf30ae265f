// `mpmetrics/fetch`: a handler for servers whose handlers take a `Request` and return a `Response`.

import { answerFor, checkedPage, type PageOptions } from '../http/http';

export type { PageOptions } from '../http/http';

/**
 * A handler that responds to every request with the metrics of the whole application.
 *
 * ```js
 * // app/metrics/route.js of a Next.js application
 * import { page } from 'mpmetrics/fetch';
 * export const GET = page();
 * ```
 */
export function page(options: PageOptions = {}): (request: Request) => Promise<Response> {
  const shown = checkedPage(options);
  return async (request) => {
    const { status, headers, body } = await answerFor((name) => request.headers.get(name), shown);
    return new Response(request.method === 'HEAD' ? null : new Uint8Array(body), {
      status,
      headers,
    });
  };
}
