// `mpmetrics/koa`: middleware for Koa 2 and 3.

import type { IncomingMessage, ServerResponse } from 'http';
import { answerFor, checkedPage, measure, setRoute, templateOf } from '../http/http';
import { asks, pathOf, type MetricsOptions } from './options';

export type { MetricsOptions } from './options';

/** The used part of Koa's context. */
export interface KoaContext {
  /** The request of `node:http`. */
  readonly req: IncomingMessage;
  /** The response of `node:http`. */
  readonly res: ServerResponse;
  /** The method, in capitals. */
  readonly method: string;
  /** The path, without the query. */
  readonly path: string;
  /** The status of the response. */
  status: number;
  /** The body of the response. */
  body: unknown;
  /** The value of a header of the request; empty without it. */
  get(name: string): string;
  /** Sets headers of the response. */
  set(headers: Record<string, string>): void;
  /** The route, set by the routers of Koa. */
  readonly _matchedRoute?: unknown;
}

/**
 * Middleware that shows the metrics on a path. It also starts the measurement of every request of this process, for any
 * application.
 *
 * ```js
 * import Router from '@koa/router';
 * import Koa from 'koa';
 * import { metrics } from 'mpmetrics/koa';
 *
 * const app = new Koa();
 * app.use(metrics());
 * app.use(new Router().routes());
 * ```
 */
export function metrics(
  options: MetricsOptions = {},
): (context: KoaContext, next: () => Promise<unknown>) => Promise<void> {
  measure(options);
  const path = pathOf(options);
  const shown = checkedPage(options);
  return async (context, next) => {
    if (!asks(context.method, context.path, path)) {
      try {
        await next();
      } finally {
        // oxlint-disable-next-line no-underscore-dangle -- the routers' name
        const route = context._matchedRoute;
        if (route != null) setRoute(context.req, templateOf(route));
      }
      return;
    }
    setRoute(context.req, path || undefined);
    const { status, headers, body } = await answerFor((name) => context.get(name), shown);
    context.status = status;
    context.set({ ...headers });
    context.body = body;
  };
}
