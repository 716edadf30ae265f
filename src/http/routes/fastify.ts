// Routes of Fastify 4 and 5: each application is announced by a channel, and tells of each of its routes once.

import { subscribe } from 'diagnostics_channel';
import { setRoute } from '../route';

/** A request, as far as it is used. */
interface FastifyRequest {
  readonly raw: object;
  readonly is404: boolean;
  readonly routeOptions?: { readonly url?: string | undefined };
}

/** A hook that runs before all others of a request. */
type OnRequest = (request: FastifyRequest, reply: unknown, done: () => void) => void;

/** What of a route is used: its hooks can be changed while it is made. */
interface RouteOptions {
  /** The whole template, with the prefixes of plugins. */
  readonly url: string;
  onRequest?: unknown;
}

/** What of an application is used. @internal */
export interface FastifyInstance {
  addHook(name: 'onRoute', hook: (route: RouteOptions) => void): unknown;
  addHook(name: 'onRequest', hook: OnRequest): unknown;
}

// Outside of this module: the channel, and a plugin of any copy of this package, hook in once.
const SEEN = Symbol.for('mpmetrics.fastify.seen');
type Seen = FastifyInstance & { [SEEN]?: boolean };

/** Takes down the routes of all applications that are made from now on. @internal */
export function seeFastify(): void {
  subscribe('fastify.initialization', (message) => {
    const { fastify } = message as { fastify: Seen };
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
  });
}

/** Takes down the routes of an application that has some already. @internal */
export function seeRoutes(fastify: Seen): void {
  if (fastify[SEEN] === true) return;
  fastify[SEEN] = true;
  fastify.addHook('onRequest', (request, _reply, done) => {
    if (!request.is404) setRoute(request.raw, request.routeOptions?.url);
    done();
  });
}
