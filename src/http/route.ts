// The route of a request: the template that matches its path, as the framework has found it.

// A registered symbol, so that several copies of the package in one isolate share it.
const ROUTE = Symbol.for('mpmetrics.http.route');

/** An object with a route: a request of HTTP/1, or a stream of HTTP/2. */
interface Carrier {
  [ROUTE]?: string | undefined;
  /** The stream of a request of HTTP/2. */
  readonly stream?: Carrier | undefined;
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
  const carrier = request as Carrier;
  (carrier.stream ?? carrier)[ROUTE] = template;
}

/** The route of a request or of a stream. @internal */
export function routeOf(carrier: object): string | undefined {
  return (carrier as Carrier)[ROUTE];
}

/** The path pattern of a framework as a label value: a text, a regular expression, or a list of them. @internal */
export function templateOf(path: unknown): string {
  return Array.isArray(path) ? path.flat(Infinity).map(String).join('|') : String(path);
}
