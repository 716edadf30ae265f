// Routes of Fastify 4 and 5: each request says its own, and each application is announced by a channel.

import { subscribe } from 'diagnostics_channel';
import { setRoute } from '../route';

/** What of a request is used. @internal */
export interface FastifyRequest {
  readonly raw: object;
  readonly is404: boolean;
  readonly routeOptions?: { readonly url?: string | undefined };
}

/** What of an application is used. @internal */
export interface FastifyInstance {
  addHook(
    name: 'onRequest',
    hook: (request: FastifyRequest, reply: unknown, done: () => void) => void,
  ): unknown;
}

/** Takes down the routes of all applications that are made from now on. @internal */
export function seeFastify(): void {
  subscribe('fastify.initialization', (message) => {
    seeRoutes((message as { fastify: FastifyInstance }).fastify);
  });
}

/** Takes down the routes of one application. @internal */
export function seeRoutes(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', (request, _reply, done) => {
    if (!request.is404) setRoute(request.raw, request.routeOptions?.url);
    done();
  });
}
