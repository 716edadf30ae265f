// The route of a request: the template that matches its path, as the framework has found it.

import { openRequest } from './open-request';

/** The used part of a request of HTTP/2. */
interface Http2Request {
  readonly stream?: object;
}

/**
 * Sets the route of a request: a template such as `/users/:id`, never the path itself, because each value makes its own
 * series. The last call before the end of the response counts. Frameworks that `mpmetrics/auto` knows need no call.
 *
 * ```js
 * import { createServer } from 'node:http';
 * import { measure, setRoute } from 'mpmetrics/http';
 *
 * measure();
 * createServer((request, response) => {
 *   if (request.url.startsWith('/users/')) setRoute(request, '/users/:id');
 *   response.end();
 * }).listen(8080);
 * ```
 *
 * @param request The request of `node:http` or `node:http2`.
 * @param template The template. Undefined: the request has no route.
 */
export function setRoute(request: object, template: string | undefined): void {
  const open = openRequest(request) ?? openRequest((request as Http2Request).stream ?? request);
  if (open !== undefined) open.route = template;
}

/** The path pattern of a framework as a label value: a text, a regular expression, or a list of them. @internal */
export function templateOf(path: unknown): string {
  return Array.isArray(path) ? path.flat(Infinity).map(String).join('|') : String(path);
}
