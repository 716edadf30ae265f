// The endpoint of the metrics: a port of its own, or a path of the application's own servers.

import { subscribe } from 'diagnostics_channel';
import type { IncomingMessage, Server, ServerResponse } from 'http';
import { setTimeout } from 'timers/promises';
// oxlint-disable-next-line import/default -- the compiler makes one of `export =`
import builtin from '../builtin.cjs';
import { startHttpServer, type HttpServerOptions } from '../../index';
import { warn } from '../errors';
import { page, setRoute, type PageOptions } from '../http/http';
import { authenticationOf, tlsOf } from '../settings/endpoint';
import { isWorkerOfPrimary } from '../settings/inheritance';
import type { Settings } from '../settings/settings';

/**
 * The interval at which a taken port is tried again, in milliseconds. Its holder may end, as the previous release does
 * during a deploy.
 */
const TRY_EVERY = 5_000;

/** Serves the metrics as the settings say. @internal */
export function serve(settings: Settings): void {
  const { port, host, path, maxBlockedSeconds, maxScrapes } = settings;
  const [tls, authentication] = [tlsOf(settings), authenticationOf(settings)];
  if (port === 'application')
    serveOnApplication(path, { ...(authentication && { authentication }) });
  // A thread belongs to its process, and a cluster's worker to its primary, which serves for all.
  else if (port !== 'none' && builtin.workerThreads().isMainThread && !isWorkerOfPrimary) {
    void serveOnPort({
      port,
      path,
      health: { maxBlockedSeconds },
      maxScrapes,
      ...(host !== undefined && { host }),
      ...(tls && { tls }),
      ...(authentication && { authentication }),
    });
  }
}

/** Never rejects, because an application must not end for want of a server for its metrics. */
async function serveOnPort(options: HttpServerOptions & { port: number }): Promise<void> {
  for (let tries = 0; ; tries += 1) {
    try {
      await startHttpServer(options);
      return;
    } catch (error) {
      if (tries === 0) warnOfNoServer(options.port, error);
      await setTimeout(TRY_EVERY, undefined, { ref: false });
    }
  }
}

function warnOfNoServer(port: number, error: unknown): void {
  const { code } = error as { code?: string };
  warn(
    code ?? 'MPMETRICS_SERVER_ENDED',
    `The metrics are not served on port ${port} yet: that is tried every ${TRY_EVERY / 1000} seconds. MPMETRICS_PORT ` +
      'names another port.',
    error,
  );
}

/** Answers on all servers of `node:http` and `node:https`, before the application sees the request. */
function serveOnApplication(path: string, options: PageOptions): void {
  const answer = page(options);
  const servers = new WeakSet<Server>();
  subscribe('http.server.request.start', (message) => {
    const { server } = message as { server: Server };
    if (servers.has(server)) return;
    servers.add(server);
    const { emit } = server;
    const emitOrAnswer = (...given: unknown[]): boolean => {
      const [event, request, response] = given as [string, IncomingMessage, ServerResponse];
      if (event !== 'request' || !asks(request, path)) {
        return emit.apply(server, given as Parameters<typeof emit>);
      }
      setRoute(request, path);
      void answer(request, response);
      return true;
    };
    server.emit = emitOrAnswer as Server['emit'];
  });
}

function asks({ method, url }: IncomingMessage, path: string): boolean {
  return (method === 'GET' || method === 'HEAD') && url?.split('?', 1)[0] === path;
}
