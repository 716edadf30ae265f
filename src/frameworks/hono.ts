// `mpmetrics/hono`: middleware for Hono on Node.js.

import { honoTemplate, measure, setRoute } from '../http/http';
import type { RouteRecord } from '../http/routes/hono';
import { page } from './fetch';
import { asks, pathOf, type MetricsOptions } from './options';

export type { MetricsOptions } from './options';

/** The used part of Hono's context. */
export interface HonoContext {
  /** The request, as Hono shows it. */
  readonly req: {
    /** The request of the Fetch standard. */
    readonly raw: Request;
    /** The method, in capitals. */
    readonly method: string;
    /** The path, without the query. */
    readonly path: string;
    /** The routes that the request has matched so far. */
    readonly matchedRoutes?: readonly RouteRecord[];
  };
  /** The environment of the server. */
  readonly env:
    | {
        /** With `@hono/node-server`: the request of `node:http`. */
        readonly incoming?: object;
      }
    | undefined;
}

/**
 * Middleware that shows the metrics on a path. It also starts the measurement of every request of this process, for any
 * application.
 *
 * ```js
 * import { Hono } from 'hono';
 * import { metrics } from 'mpmetrics/hono';
 *
 * const app = new Hono();
 * app.use(metrics());
 * ```
 */
export function metrics(
  options: MetricsOptions = {},
): (context: HonoContext, next: () => Promise<void>) => Promise<Response | undefined> {
  measure(options);
  const [path, answer] = [pathOf(options), page(options)];
  return async ({ req, env }, next) => {
    const isAsked = asks(req.method, req.path, path);
    const template = isAsked ? path || undefined : honoTemplate(req.matchedRoutes ?? []);
    if (env?.incoming !== undefined && template !== undefined) setRoute(env.incoming, template);
    if (isAsked) return answer(req.raw);
    await next();
    return undefined;
  };
}
