// The HTTP server: its public face. The server itself lives in a thread of its own.

import { warn } from '../errors';
import type { Encoding } from '../heap/request';
import { sourcesOf } from '../registry/merged';
import type { Registry } from '../registry/registry';
import { Announcement } from './announcement';
import { foreignExpositions, hasForeign } from './collecting';
import type { ThreadSettings } from './messages';
import { checked, type HttpServerOptions } from './options';
import { ServerThread } from './server-thread';
import { attachmentOf, shownOf } from './shown';

/** A server that was started. */
export interface MetricsServer {
  /** The port that it listens on. */
  readonly port: number;
  /** Where the metrics are, as seen from this machine. */
  readonly url: string;
  /** Closes it, and resolves when its port is free. Further calls change nothing. */
  close(): Promise<void>;
}

/**
 * Serves the metrics of the whole application over HTTP, in a thread of its own: it answers while this process is busy,
 * and keeps no process alive. A thread that ends, for want of memory say, is reported and started again.
 *
 * ```ts
 * const server = await startHttpServer({ port: 9464 });
 * console.log(`Metrics: ${server.url}`);
 * ```
 *
 * Every process of an application may start it on one port: the first serves, the others stand by, and one of them
 * takes over when the first dies.
 *
 * Clients get the Prometheus text format, or protobuf with exemplars, start times and native histograms if they prefer it. With
 * `openMetrics: true` they can have OpenMetrics 1.0.0 as well. The exposition is compressed if they like, and has only some
 * metrics if they ask for `?name[]=one&name[]=other`.
 *
 * @throws TypeError `MPMETRICS_BAD_ARGUMENT` for options that cannot be, or that there are not; MpmetricsError
 * `MPMETRICS_PORT_IN_USE` if the port belongs to anything but a server of the same heap. Both as rejections.
 */
export async function startHttpServer(options: HttpServerOptions = {}): Promise<MetricsServer> {
  const { port, host, path, collectTimeout, own, formats, registries } = checked(options);
  const settings = (): ThreadSettings => ({
    port,
    host,
    path,
    ...shownOf(registries),
    collectWait: collectTimeout,
    own,
    formats,
    hasForeign: hasForeign(registries),
  });
  const thread = new ServerThread(settings, (message) => {
    if (message.kind === 'ask') void answerForeign(registries, message.encoding, thread);
  });
  const announcement = new Announcement(registries, path);
  const move = (): void => {
    thread.send({ kind: 'moved', shown: shownOf(registries) });
    if (thread.port > 0) announcement.tell({ port: thread.port, host });
  };
  const forget = follow(registries, move);
  await thread.start().catch((error: unknown) => {
    forget();
    throw error;
  });
  announcement.tell({ port: thread.port, host });
  attachmentOf(registries)?.collectors?.listen();
  return {
    port: thread.port,
    url: `http://${urlHost(host)}:${thread.port}${path}`,
    async close() {
      forget();
      announcement.withdraw();
      return thread.close();
    },
  };
}

/** Calls `moved` whenever the registries have moved, until the function that this returns is called. */
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

async function answerForeign(
  registries: readonly Registry[],
  encoding: Encoding,
  thread: ServerThread,
): Promise<void> {
  thread.send({ kind: 'answering', hasForeign: hasForeign(registries) });
  thread.send({ kind: 'answered', foreign: await foreignExpositions(registries, encoding) });
}

function warnOfStay(error: unknown): void {
  warn(
    'MPMETRICS_SERVER_STAYS',
    'The server of the metrics could not follow its registries: it shows what is left where they were.',
    error,
  );
}

function urlHost(host: string | undefined): string {
  if (host === undefined || host === '::' || host === '0.0.0.0') return 'localhost';
  return host.includes(':') ? `[${host}]` : host;
}
