// The routes of Fastify 4 and 5. A channel reports each new application, and a hook each of its routes.

import { subscribe } from 'diagnostics_channel';
import { setRoute } from '../route';

/** The used part of a request. */
interface FastifyRequest {
  readonly raw: object;
  readonly is404: boolean;
  readonly routeOptions?: { readonly url?: string | undefined };
}

/** A hook that runs before all other hooks of a request. */
type OnRequest = (request: FastifyRequest, reply: unknown, done: () => void) => void;

/** The used part of a route. Its hooks can be changed while the route is being made. */
interface RouteOptions {
  /** The whole template, including the prefixes of plugins. */
  readonly url: string;
  onRequest?: unknown;
}

/** The used part of an application. @internal */
export interface FastifyInstance {
  /** Adds a hook that sees each route. */
  addHook(name: 'onRoute', hook: (route: RouteOptions) => void): unknown;
  /** Adds a hook that sees each request. */
  addHook(name: 'onRequest', hook: OnRequest): unknown;
}

// A registered symbol. So the hook is added once, whether by the channel or by a plugin of any copy of this package.
const SEEN = Symbol.for('mpmetrics.fastify.seen');
type Seen = FastifyInstance & { [SEEN]?: boolean };

/** Notes the routes of all applications that are made from now on. @internal */
export function seeFastify(): void {
  subscribe('fastify.initialization', (message) => {
    const { fastify } = message as { fastify: Seen };
    if (fastify[SEEN] === true) return;
    fastify[SEEN] = true;
    fastify.addHook('onRoute', (route) => {
      const { url, onRequest } = route;
      // One hook for each route: asking a request for its route takes longer than all the rest.
      const note: OnRequest = (request, _reply, done) => {
        setRoute(request.raw, url);
        done();
      };
      route.onRequest = [note, ...(onRequest === undefined ? [] : [onRequest].flat())];
    });
  });
}

/** Notes the routes of an application that may already have some. @internal */
export function seeRoutes(fastify: Seen): void {
  if (fastify[SEEN] === true) return;
  fastify[SEEN] = true;
  fastify.addHook('onRequest', (request, _reply, done) => {
    if (!request.is404) setRoute(request.raw, request.routeOptions?.url);
    done();
  });
}
