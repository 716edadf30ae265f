// `mpmetrics/express`: middleware for Express 4 and 5, and for Connect.

import type { IncomingMessage, ServerResponse } from 'http';
import { measure, page, setRoute } from '../http/http';
import { asks, pathOf, type MetricsOptions } from './options';

export type { MetricsOptions } from './options';

/**
 * Middleware that shows the metrics on a path. It also starts the measurement of every request of this process, for any
 * application. Call it before the application declares routes: the routes of earlier ones are not known.
 *
 * ```js
 * import express from 'express';
 * import { metrics } from 'mpmetrics/express';
 *
 * const app = express();
 * app.use(metrics()); // before the routes
 * ```
 */
export function metrics(
  options: MetricsOptions = {},
): (request: IncomingMessage, response: ServerResponse, next: (error?: unknown) => void) => void {
  measure(options);
  const [path, answer] = [pathOf(options), page(options)];
  return (request, response, next) => {
    if (!asks(request.method, request.url, path)) return next();
    setRoute(request, path || undefined);
    void answer(request, response);
  };
}
