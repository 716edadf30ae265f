// The HTTP server: its public face. The server itself lives in a thread of its own.

import type { Worker } from 'worker_threads';
import { coded, MpmetricsError, warn } from '../errors';
import { callNative, isOff, type HeapOptions } from '../heap/native';
import { globalRegistry, Registry } from '../registry/registry';
import type { Format } from '../heap/read-heap';
import { foreignTexts, hasForeign } from './collecting';
import type { FromThread, Shown, ThreadSettings, ToThread } from './messages';
// oxlint-disable-next-line import/default -- the compiler makes one of `export =`
import builtin from '../builtin.cjs';
// oxlint-disable-next-line import/default -- the compiler makes one of `export =`
import threadLocation from './thread-location.cjs';
import { addressesOf, sourcesOf } from '../registry/merged';
import type { AnyRegistry } from '../registry/registry';

/** Where and what to serve. */
export interface HttpServerOptions {
  /** The port, 0 for any free one. Default: 9464. */
  port?: number;
  /** The address to listen on. Default: all of this machine. */
  host?: string;
  /** The path of the metrics. Default: `/metrics`. */
  path?: string;
  /** The registry to show. Default: the global one. */
  registry?: AnyRegistry;
  /** Several registries of one heap to show, in place of `registry`. */
  registries?: readonly AnyRegistry[];
  /**
   * The longest time, in milliseconds, that a scrape waits for the `collect` functions of all processes and threads.
   * One whose event loop is blocked is not waited for again until it answers. Default: 100.
   */
  collectTimeout?: number;
  /** Whether the heap's own metrics (`mpmetrics_…`) are shown as well. Default: they are. */
  own?: boolean;
}

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
 * and keeps no process alive.
 *
 * ```ts
 * const server = await startHttpServer({ port: 9464 });
 * console.log(`Metrics: ${server.url}`);
 * ```
 *
 * Every process of an application may start it on one port: the first serves, the others stand by, and one of them
 * takes over when the first dies.
 *
 * Clients get the Prometheus text format, or OpenMetrics 1.0.0 if they prefer it, compressed if they like, and only some
 * metrics if they ask for `?name[]=one&name[]=other`.
 *
 * @throws TypeError `MPMETRICS_BAD_ARGUMENT` for options that cannot be; MpmetricsError `MPMETRICS_PORT_IN_USE` if the
 * port belongs to anything but a server of the same heap. Both as rejections.
 */
export async function startHttpServer(options: HttpServerOptions = {}): Promise<MetricsServer> {
  const { port, host, path, collectTimeout, own, registries } = validated(options);
  const settings: ThreadSettings = {
    port,
    host,
    path,
    ...shownOf(registries),
    collectWait: collectTimeout,
    own,
    hasForeign: hasForeign(registries),
  };
  const worker = await startThread(settings);
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
  const send = (message: ToThread): void => worker.postMessage(message);
  worker.on('message', (message: FromThread) => {
    if (message.kind === 'ask') void answerForeign(registries, message.format, send);
  });
  const move = (): void => {
    try {
      send({ kind: 'moved', shown: shownOf(registries) });
    } catch (error) {
      warnOfStay(error);
    }
  };
  for (const { listeners } of registries.flatMap(sourcesOf)) {
    listeners.add(move);
    worker.once('exit', () => listeners.delete(move));
  }
  const taken = await started(worker);

  let closing: Promise<void> | undefined;
  let isOver = false;
  const over = new Promise<void>((resolve) => {
    worker.once('exit', () => {
      isOver = true;
      if (closing === undefined) warnOfEnd(failed);
      resolve();
    });
  });
  let failed: unknown;
  worker.on('error', (error) => (failed = error));
  worker.unref();
  return {
    port: taken,
    url: `http://${urlHost(host)}:${taken}${path}`,
    close() {
      if (closing === undefined && !isOver) {
        // Whoever waits for the end may have nothing else to live for.
        worker.ref();
        send({ kind: 'close' });
      }
      return (closing ??= over);
    },
  };
}

/** Starts the thread without anything that was preloaded into this process: that might start servers, too. */
async function startThread(workerData: ThreadSettings): Promise<Worker> {
  const { Worker: Thread } = builtin.workerThreads();
  const { NODE_OPTIONS: _preloaded, ...env } = process.env;
  const { file, execArgv } = threadLocation;
  return new Thread(file, { workerData, env, execArgv, name: 'mpmetrics' });
}

/** The port, once the thread has it or stands by. */
async function started(worker: Worker): Promise<number> {
  return new Promise((resolve, reject) => {
    worker.on('message', (message: FromThread) => {
      if (message.kind === 'started') resolve(message.port);
      if (message.kind === 'failed') reject(failure(message.code, message.message));
    });
    worker.once('error', reject);
    worker.once('exit', () =>
      reject(failure('MPMETRICS_CLOSED', 'The thread of the server ended.')),
    );
  });
}

async function answerForeign(
  registries: readonly Registry[],
  format: Format,
  send: (message: ToThread) => void,
): Promise<void> {
  send({ kind: 'answering', hasForeign: hasForeign(registries) });
  send({ kind: 'answered', foreign: await foreignTexts(registries, format) });
}

/** The heap that all registries are in, for who looks into it from outside, and where they are there. */
function shownOf(registries: readonly Registry[]): Shown {
  if (isOff) return { heap: null, id: null, registries: [], keys: [] };
  const shelves = registries.flatMap(addressesOf);
  const attachments = new Set(shelves.map(({ attachment }) => attachment));
  const [attachment] = attachments;
  if (attachments.size !== 1 || attachment == null) {
    throw refused('registries', 'must be in one heap: start a server for each heap');
  }
  const { shared, name, id } = callNative(() => attachment.native.info());
  const isNamed = shared && name !== null;
  // Whoever writes keeps its heap; whoever only reads goes on with the next one of the name.
  const isRead = attachment.arena === null;
  const heap: HeapOptions = { ...(isNamed && { name }), ...(!(isNamed && isRead) && { id }) };
  const keys = [...new Set(registries.flatMap(sourcesOf).map(({ key }) => key))];
  return { heap, id, registries: [...new Set(shelves.map(({ number }) => number))], keys };
}

function validated(options: HttpServerOptions) {
  if (options === null || typeof options !== 'object')
    throw refused('options', 'must be an object');
  const { port = 9464, host, path = '/metrics', collectTimeout = 100, own = true } = options;
  const { registry = globalRegistry, registries = [registry] } = options;
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw refused('port', 'must be a whole number from 0 to 65535');
  }
  if (host !== undefined && (typeof host !== 'string' || host === '')) {
    throw refused('host', 'must be an address or a host name');
  }
  if (
    typeof path !== 'string' ||
    !/^\/[\x21\x24-\x3e\x40-\x7e]*$/.test(path) ||
    path === '/-/heap'
  ) {
    throw refused('path', 'must begin with a slash, and hold neither spaces, "?" nor "#"');
  }
  if (typeof collectTimeout !== 'number' || !(collectTimeout >= 0 && collectTimeout <= 60_000)) {
    throw refused('collectTimeout', 'must be a number of milliseconds up to 60000');
  }
  if (typeof own !== 'boolean') throw refused('own', 'must be true or false');
  if (
    !Array.isArray(registries) ||
    registries.length === 0 ||
    !registries.every((each) => each instanceof Registry)
  ) {
    throw refused(
      options.registries === undefined ? 'registry' : 'registries',
      'must be registries',
    );
  }
  return { port, host, path, collectTimeout, own, registries: registries as readonly Registry[] };
}

function refused(option: string, what: string): TypeError {
  const of = option === 'options' ? 'The options' : `The option "${option}"`;
  return coded(new TypeError(`${of} of startHttpServer() ${what}`), 'MPMETRICS_BAD_ARGUMENT');
}

function failure(code: string, message: string): Error {
  if (code.startsWith('MPMETRICS_')) return new MpmetricsError(code, message);
  return coded(new Error(message), code);
}

function warnOfStay(error: unknown): void {
  warn(
    'MPMETRICS_SERVER_STAYS',
    'The server of the metrics could not follow its registries: it shows what is left where they were.',
    error,
  );
}

function warnOfEnd(error: unknown): void {
  warn(
    'MPMETRICS_SERVER_ENDED',
    'The server of the metrics has ended: scrapes get no answer.',
    error,
  );
}

function urlHost(host: string | undefined): string {
  if (host === undefined || host === '::' || host === '0.0.0.0') return 'localhost';
  return host.includes(':') ? `[${host}]` : host;
}
