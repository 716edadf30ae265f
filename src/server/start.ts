// The HTTP server: its public function. The server itself runs in a thread of its own.

import { warn } from '../errors';
import { sourcesOf } from '../registry/merged';
import type { Registry } from '../registry/registry';
import { Announcement } from './announcement';
import { externalExpositions, externalFamilies, hasExternal } from './collecting';
import type { FromThread, ThreadSettings } from './messages';
import { checked, type HttpServerOptions } from './options';
import { ServerThread } from './server-thread';
import { attachmentOf, shownOf } from './shown';

/** A server that was started. */
export interface MetricsServer {
  /** The port that it listens on. */
  readonly port: number;
  /** The address of the metrics, as seen from this machine. */
  readonly url: string;
  /** Closes the server, and resolves when its port is free. Further calls change nothing. */
  close(): Promise<void>;
}

/**
 * Serves the metrics of the whole application over HTTP, in a thread of its own. The thread answers while the event
 * loop is busy, and keeps no process alive. If it ends, for want of memory for example, this is reported, and it is
 * started again.
 *
 * ```ts
 * const server = await startHttpServer({ port: 9464 });
 * console.log(`Metrics: ${server.url}`);
 * ```
 *
 * Every process of an application may call this with the same port. The first process serves, and the others stand by.
 * If it dies, one of them takes over.
 *
 * A browser on this machine gets a live page at `/`: charts of all metrics, and the health of the application. With
 * `page: true`, browsers elsewhere get it too.
 *
 * Clients get the Prometheus text format, or protobuf with exemplars, start times and native histograms if they prefer it. With
 * `openMetrics: true` they can have OpenMetrics 1.0.0 as well. An answer is compressed if the client accepts that. The query
 * `?name[]=one&name[]=other` selects metrics.
 *
 * With `tls` it speaks HTTPS, with `authentication` clients need credentials. `/-/healthy` tells whether all event loops turn,
 * and `/-/ready` whether the page shows all of the application: as JSON, with status 200 or 503.
 *
 * @throws TypeError `MPMETRICS_BAD_ARGUMENT` for an invalid or unknown option; MpmetricsError `MPMETRICS_PORT_IN_USE`
 *   if the port is taken, except by a server of the same heap. Both as rejections.
 */
export async function startHttpServer(options: HttpServerOptions = {}): Promise<MetricsServer> {
  const { registries, collectTimeout, ...shared } = checked(options);
  const { host, path, tls } = shared;
  const settings = (): ThreadSettings => ({
    ...shared,
    ...shownOf(registries),
    collectWait: collectTimeout,
    hasExternal: hasExternal(registries),
  });
  const thread = new ServerThread(settings, (message) => {
    void answerExternal(registries, message, thread);
  });
  const announcement = new Announcement(registries, path);
  const move = (): void => {
    thread.send({ kind: 'moved', shown: shownOf(registries) });
    if (thread.port > 0) announcement.announce({ port: thread.port, host });
  };
  const forget = follow(registries, move);
  // Before the first `await`, the stack is that of the application's call.
  const call: { stack?: string } = {};
  Error.captureStackTrace(call, startHttpServer);
  await thread.start().catch((error: unknown) => {
    forget();
    throw asOf(call, error);
  });
  announcement.announce({ port: thread.port, host });
  attachmentOf(registries)?.collectors?.listen();
  return {
    port: thread.port,
    url: `${tls === undefined ? 'http' : 'https'}://${urlHost(host)}:${thread.port}${path}`,
    async close() {
      forget();
      announcement.withdraw();
      return thread.close();
    },
  };
}

/**
 * Gives an error of the thread the stack of a call. Its own stack begins in an event of the thread, so Node.js would print
 * a line of this package instead of the application's call.
 */
function asOf(call: { stack?: string }, error: unknown): unknown {
  const frames = call.stack?.split('\n').slice(1) ?? [];
  if (error instanceof Error)
    error.stack = [`${error.name}: ${error.message}`, ...frames].join('\n');
  return error;
}

/** Calls `moved` each time the registries have moved. The returned function ends that. */
function follow(registries: readonly Registry[], moved: () => void): () => void {
  const move = (): void => {
    try {
      moved();
    } catch (error) {
      warnOfStay(error);
    }
  };
  const followed = registries.flatMap(sourcesOf);
  for (const { listeners } of followed) listeners.add(move);
  return () => followed.forEach(({ listeners }) => listeners.delete(move));
}

async function answerExternal(
  registries: readonly Registry[],
  question: FromThread,
  thread: ServerThread,
): Promise<void> {
  if (question.kind !== 'ask' && question.kind !== 'askFamilies') return;
  thread.send({ kind: 'answering', hasExternal: hasExternal(registries) });
  if (question.kind === 'ask') {
    const external = await externalExpositions(registries, question.encoding);
    thread.send({ kind: 'answered', external });
  } else {
    thread.send({ kind: 'answeredFamilies', external: await externalFamilies(registries) });
  }
}

function warnOfStay(error: unknown): void {
  warn(
    'MPMETRICS_SERVER_STAYS',
    'The metrics server could not follow its registries to another heap, and still shows the former one.',
    error,
  );
}

function urlHost(host: string | undefined): string {
  if (host === undefined || host === '::' || host === '0.0.0.0') return 'localhost';
  return host.includes(':') ? `[${host}]` : host;
}
