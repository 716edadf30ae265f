// `mpmetrics/fastify`: a plugin for Fastify 4 and 5.

import type { IncomingMessage } from 'http';
import { answerFor, checkedPage, measure, seeRoutes } from '../http/http';
import type { FastifyInstance } from '../http/routes/fastify';
import { pathOf, type MetricsOptions } from './options';

export type { MetricsOptions } from './options';

/** The used part of Fastify's reply. */
export interface FastifyReply {
  /** Sets the status. */
  code(status: number): FastifyReply;
  /** Sets headers. */
  headers(headers: object): FastifyReply;
  /** Sends the body. */
  send(body: unknown): FastifyReply;
}

/** The used part of a Fastify application. */
export interface FastifyApplication extends FastifyInstance {
  /** Adds a route for GET requests. */
  get(
    path: string,
    handler: (
      request: { readonly headers: IncomingMessage['headers'] },
      reply: FastifyReply,
    ) => Promise<FastifyReply>,
  ): unknown;
}

/**
 * A plugin that shows the metrics on a path. It also starts the measurement of every request of this process, for any
 * application.
 *
 * ```js
 * import Fastify from 'fastify';
 * import { metrics } from 'mpmetrics/fastify';
 *
 * const app = Fastify();
 * await app.register(metrics, { path: '/metrics' });
 * ```
 */
export async function metrics(
  fastify: FastifyApplication,
  options: MetricsOptions = {},
): Promise<void> {
  measure(options);
  seeRoutes(fastify);
  const path = pathOf(options);
  const shown = checkedPage(options);
  if (path === false) return;
  fastify.get(path, async (request, reply) => {
    const header = (name: string): string | undefined => request.headers[name]?.toString();
    const { status, headers, body } = await answerFor(header, shown);
    return reply.code(status).headers(headers).send(body);
  });
}

// The name of the plugin, and the sign that its hooks apply to the whole application.
Object.assign(metrics, {
  [Symbol.for('skip-override')]: true,
  [Symbol.for('fastify.display-name')]: 'mpmetrics',
});
