// Routes of Fastify 4 and 5: each application is announced by a channel, and tells of each of its routes once.

import { subscribe } from 'diagnostics_channel';
import { setRoute } from '../route';

/** A hook that runs before all others of a request. */
type OnRequest = (request: { readonly raw: object }, reply: unknown, done: () => void) => void;

/** What of a route is used: its hooks can be changed while it is made. */
interface RouteOptions {
  /** The whole template, with the prefixes of plugins. */
  readonly url: string;
  onRequest?: unknown;
}

/** What of an application is used. @internal */
export interface FastifyInstance {
  addHook(name: 'onRoute', hook: (route: RouteOptions) => void): unknown;
}

// Outside of this module: several copies of the package in one isolate, and a plugin beside the channel, hook in once.
const SEEN = Symbol.for('mpmetrics.fastify.seen');

/** Takes down the routes of all applications that are made from now on. @internal */
export function seeFastify(): void {
  subscribe('fastify.initialization', (message) => {
    seeRoutes((message as { fastify: FastifyInstance }).fastify);
  });
}

/** Takes down the routes that one application gets from now on. @internal */
export function seeRoutes(fastify: FastifyInstance & { [SEEN]?: boolean }): void {
  if (fastify[SEEN] === true) return;
  fastify[SEEN] = true;
  fastify.addHook('onRoute', (route) => {
    const { url, onRequest } = route;
    // Of each route by itself: to ask a request for its route takes longer than all the rest.
    const note: OnRequest = (request, _reply, done) => {
      setRoute(request.raw, url);
      done();
    };
    route.onRequest = [note, ...(onRequest === undefined ? [] : [onRequest].flat())];
  });
}
