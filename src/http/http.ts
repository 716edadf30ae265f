// `mpmetrics/http`: HTTP metrics for servers without a framework, and the base of the entry points for frameworks.

import { seeModules } from './routes/modules';
import { expressRouter } from './routes/express';
import { seeFastify } from './routes/fastify';
import { honoRouter } from './routes/hono';
import { koaContext } from './routes/koa';
import { measureAll, type MeasureOptions } from './measure';
import { httpNamesOfEnvironment } from '../settings/environment';

// For the entry points of the frameworks, which must not contain copies.
/** @internal */
export { seeInstalledHono } from './routes/installed';
/** @internal */
export { seeRoutes } from './routes/fastify';
/** @internal */
export { honoTemplate } from './routes/hono';
/** @internal */
export { templateOf } from './route';
/** @internal */
export { answerFor, checkedPage } from './page';
export { setRoute } from './route';
export type { MeasureOptions } from './measure';
export { page } from './page';
export type { PageOptions } from './page';

let sees = false;

/**
 * Measures every HTTP request that this process (or thread) receives or sends from now on. Further calls change nothing.
 * Call it before the application makes its routers: the routes of earlier ones are not known.
 *
 * ```js
 * import { measure } from 'mpmetrics/http';
 *
 * measure();
 * ```
 *
 * @throws MpmetricsError `MPMETRICS_BAD_SETTING` for an unknown `MPMETRICS_HTTP_NAMES`.
 */
export function measure(options: MeasureOptions = {}): void {
  measureAll(options.names ?? httpNamesOfEnvironment());
  if (sees) return;
  sees = true;
  seeModules([expressRouter, koaContext, honoRouter]);
  seeFastify();
}
