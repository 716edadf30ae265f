// The route of a request: the template that its path matches, as the framework that serves it has found.

// Outside of this module: several copies of the package in one isolate set and read the same.
const ROUTE = Symbol.for('mpmetrics.http.route');

/** What carries a route: a request of HTTP/1, or a stream of HTTP/2. */
interface Carrier {
  [ROUTE]?: string | undefined;
  /** The stream of a request of HTTP/2. */
  readonly stream?: Carrier | undefined;
}

/**
 * Says which route a request takes: a template such as `/users/:id`, never the path itself, since each value makes series
 * of its own. The last one before the response ends counts. Frameworks that `mpmetrics/auto` knows do this themselves.
 *
 * ```js
 * createServer((request, response) => {
 *   if (request.url.startsWith('/users/')) setRoute(request, '/users/:id');
 *   response.end();
 * });
 * ```
 *
 * @param request The request of `node:http` or `node:http2`.
 * @param template The template; undefined: the request has no route.
 */
export function setRoute(request: object, template: string | undefined): void {
  const carrier = request as Carrier;
  (carrier.stream ?? carrier)[ROUTE] = template;
}

/** The route of a request or of a stream. @internal */
export function routeOf(carrier: object): string | undefined {
  return (carrier as Carrier)[ROUTE];
}

/** A path that a framework matches, as a label value: a text, a regular expression, or several of them. @internal */
export function templateOf(path: unknown): string {
  return Array.isArray(path) ? path.flat(Infinity).map(String).join('|') : String(path);
}
