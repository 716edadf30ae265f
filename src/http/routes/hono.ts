// Routes of Hono: the matches of its router.
//
// The server of `@hono/node-server` asks the router as soon as a request begins, before anything else can run. So the
// match is that of the request that has begun last.

import { routeOf, setRoute } from '../route';
import { latestRequest } from '../server-requests';
import type { Sought } from './modules';

/** What the router has for a handler. @internal */
export interface RouteRecord {
  readonly path: string;
  readonly method: string;
  readonly handler: { readonly length: number };
}

/** A list of handlers, each with its record. The rest is of no interest. */
type Match = readonly [
  readonly (readonly [readonly [unknown, RouteRecord], ...unknown[]])[],
  ...unknown[],
];
type MatchFunction = (method: string, path: string) => Match;

interface SmartRouter {
  match: MatchFunction;
}

/** The module of the router that `new Hono()` has. @internal */
export const honoRouter: Sought = {
  request: /(?:^|[\\/])router(?:\.js)?$/,
  isIt: (exported) => {
    const { SmartRouter: Router } = (exported ?? {}) as { SmartRouter?: unknown };
    return typeof Router === 'function';
  },
  see: ({ SmartRouter: Router }: { SmartRouter: { prototype: SmartRouter } }) => {
    const { match } = Router.prototype;
    Router.prototype.match = function matchFirst(this: SmartRouter, method, path): Match {
      const found = match.call(this, method, path);
      // From its first match on, it has a function of its own, which is the one of the router that fits its routes.
      if (Object.hasOwn(this, 'match')) this.match = noting(this.match.bind(this));
      note(found);
      return found;
    };
  },
};

/** The template of the route that a request takes: the last one of those that match, except for middleware. @internal */
export function honoTemplate(records: readonly RouteRecord[]): string | undefined {
  for (let index = records.length - 1; index >= 0; index -= 1) {
    const { method, handler, path } = records[index] as RouteRecord;
    // Middleware takes what comes next as its second parameter.
    if (method !== 'ALL' || handler.length < 2) return path;
  }
  return undefined;
}

function noting(match: MatchFunction): MatchFunction {
  return (method, path) => {
    const found = match(method, path);
    note(found);
    return found;
  };
}

function note([handlers]: Match): void {
  const request = latestRequest();
  if (request === undefined || routeOf(request) !== undefined) return;
  const template = honoTemplate(handlers.map(([[, record]]) => record));
  if (template !== undefined) setRoute(request, template);
}
