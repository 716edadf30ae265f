// The routes of Hono: the matches of its router.
//
// `@hono/node-server` calls the router synchronously when a request begins. So a match belongs to the request that has
// begun last.

import { latestRequest } from '../server-requests';
import type { Sought } from './modules';

/** The router's record of a handler. @internal */
export interface RouteRecord {
  readonly path: string;
  readonly method: string;
  readonly handler: { readonly length: number };
}

/** A list of handlers, each with its record. Other items are not used. */
type Match = readonly [
  readonly (readonly [readonly [unknown, RouteRecord], ...unknown[]])[],
  ...unknown[],
];
type MatchFunction = (method: string, path: string) => Match;

interface SmartRouter {
  match: MatchFunction;
}

/** The module with the router of `new Hono()`. @internal */
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
      // At its first match, the router replaces its own `match` by that of a router that fits its routes.
      if (Object.hasOwn(this, 'match')) this.match = noting(this.match.bind(this));
      note(found);
      return found;
    };
  },
};

/** The template of a request's route: the last matching record that is no middleware. @internal */
export function honoTemplate(records: readonly RouteRecord[]): string | undefined {
  for (let index = records.length - 1; index >= 0; index -= 1) {
    const { method, handler, path } = records[index] as RouteRecord;
    // Middleware takes the next handler as its second parameter.
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
  if (request === undefined || request.route !== undefined) return;
  request.route = honoTemplate(handlers.map(([[, record]]) => record));
}
