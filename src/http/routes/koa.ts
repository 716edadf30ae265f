// The routes of Koa. Its routers (@koa/router, koa-router) store the template of a route in the context.

import { setRoute, templateOf } from '../route';
import type { Sought } from './modules';

const MATCHED = Symbol('mpmetrics.koa.matched');

/** The prototype of all applications' contexts. */
interface Context {
  readonly req: object;
  [MATCHED]?: unknown;
}

/** @internal */
export const koaContext: Sought = {
  request: /(?:^|[\\/])context(?:\.js)?$/,
  isIt: (exported) =>
    typeof exported === 'object' &&
    exported !== null &&
    ['onerror', 'throw', 'assert', 'cookies', 'inspect'].every((name) => name in exported) &&
    !Object.hasOwn(exported, '_matchedRoute'),
  see: (exported: object) => {
    Object.defineProperty(exported, '_matchedRoute', {
      configurable: true,
      get(this: Context) {
        return this[MATCHED];
      },
      set(this: Context, path: unknown) {
        this[MATCHED] = path;
        if (path != null) setRoute(this.req, templateOf(path));
      },
    });
  },
};
