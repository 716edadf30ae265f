// The server's thread, as the isolate that started it sees it. A thread that ends by itself is started again.

import type { Worker } from 'worker_threads';
// oxlint-disable-next-line import/default -- the compiler makes one of `export =`
import builtin from '../builtin.cjs';
import { coded, MpmetricsError, warn } from '../errors';
import type { FromThread, ThreadSettings, ToThread } from './messages';
// oxlint-disable-next-line import/default -- the compiler makes one of `export =`
import threadLocation from './thread-location.cjs';

/** The most memory for the thread's JavaScript, in megabytes. Expositions lie outside of it. */
const MOST_MEMORY = 128;
/** The pause before an ended thread is started again, in milliseconds. It doubles each time … */
const FIRST_PAUSE = 100;
/** … up to this. After a thread that ran for longer, the pause is the first one again. */
const LONGEST_PAUSE = 60_000;

/** The thread of a server. @internal */
export class ServerThread {
  readonly #settings: () => ThreadSettings;
  readonly #onMessage: (message: FromThread) => void;
  /** Undefined after the thread has ended, until it is started again. */
  #worker: Worker | undefined;
  #port = 0;
  #pause = FIRST_PAUSE;
  #timer: NodeJS.Timeout | undefined;
  #closing: Promise<void> | undefined;

  /**
   * @param settings The settings for each start of the thread.
   * @param onMessage Gets every message of the thread.
   */
  constructor(settings: () => ThreadSettings, onMessage: (message: FromThread) => void) {
    this.#settings = settings;
    this.#onMessage = onMessage;
  }

  /** Starts the thread. Resolves when it serves or stands by. Rejects if it cannot. */
  async start(): Promise<void> {
    return this.#begin(this.#settings());
  }

  /** The port on which it serves, or for which it stands by. */
  get port(): number {
    return this.#port;
  }

  /** Sends a message to the thread. An ended thread gets none, and finds the same facts in its settings when it starts. */
  send(message: ToThread): void {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
    this.#worker?.postMessage(message);
  }

  /** Closes the server, and resolves when its port is free. */
  async close(): Promise<void> {
    return (this.#closing ??= this.#close());
  }

  async #close(): Promise<void> {
    clearTimeout(this.#timer);
    const worker = this.#worker;
    if (worker === undefined) return;
    const exit = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
    // Without this, the process might end before the thread, and the caller would wait for nothing.
    worker.ref();
    this.send({ kind: 'close' });
    await exit;
  }

  async #begin(settings: ThreadSettings): Promise<void> {
    const worker = startWorker(settings);
    this.#worker = worker;
    // No caller waits for a thread that is started again.
    if (this.#port > 0) worker.unref();
    const began = builtin.performance().now();
    let reason: unknown;
    worker.on('message', this.#onMessage);
    worker.on('error', (error) => (reason = error));
    try {
      this.#port = await started(worker);
    } catch (error) {
      this.#worker = undefined;
      throw error;
    }
    worker.once('exit', () => {
      this.#worker = undefined;
      if (builtin.performance().now() - began > LONGEST_PAUSE) this.#pause = FIRST_PAUSE;
      if (this.#closing === undefined) this.#beginLater(reason);
    });
    worker.unref();
  }

  #beginLater(reason: unknown): void {
    warn(
      'MPMETRICS_SERVER_ENDED',
      `The thread that serves the metrics has ended. It is started again in ${this.#pause / 1000} s.`,
      reason,
    );
    this.#timer = setTimeout(() => void this.#beginAgain(), this.#pause);
    // Test tools may have timers that are numbers.
    this.#timer.unref?.();
    this.#pause = Math.min(2 * this.#pause, LONGEST_PAUSE);
  }

  async #beginAgain(): Promise<void> {
    try {
      await this.#begin({ ...this.#settings(), port: this.#port });
    } catch (error) {
      if (this.#closing === undefined) this.#beginLater(error);
    }
  }
}

/** Starts the thread without the modules that were preloaded into this process, because these may start servers too. */
function startWorker(workerData: ThreadSettings): Worker {
  const { Worker: Thread } = builtin.workerThreads();
  const { NODE_OPTIONS: _preloaded, ...env } = process.env;
  const { file, execArgv } = threadLocation;
  const resourceLimits = { maxOldGenerationSizeMb: MOST_MEMORY };
  return new Thread(file, { workerData, env, execArgv, name: 'mpmetrics', resourceLimits });
}

/** The port, as soon as the thread serves or stands by. */
async function started(worker: Worker): Promise<number> {
  return new Promise((resolve, reject) => {
    worker.on('message', (message: FromThread) => {
      if (message.kind === 'started') resolve(message.port);
      if (message.kind === 'failed') reject(failure(message.code, message.message));
    });
    worker.once('error', (error) => reject(isMissing(error) ? noThread(error) : error));
    worker.once('exit', () =>
      reject(failure('MPMETRICS_CLOSED', 'The thread of the server ended.')),
    );
  });
}

/** Whether the file of the thread is missing. */
function isMissing(error: unknown): boolean {
  const { code, message } = error as NodeJS.ErrnoException;
  const isModule = code === 'MODULE_NOT_FOUND' || code === 'ERR_MODULE_NOT_FOUND';
  return isModule && message.includes(threadLocation.file);
}

function noThread(cause: unknown): MpmetricsError {
  return new MpmetricsError(
    'MPMETRICS_NO_SERVER_THREAD',
    `The server runs in a thread of its own, and its file ${threadLocation.file} is not there. mpmetrics was probably bundled with the ` +
      'application. Keep it out of the bundle, and install it beside: esbuild has --external:mpmetrics, webpack ' +
      "externals: [/^mpmetrics/] with externalsType: 'commonjs', Rollup external: [/^mpmetrics/], Vite ssr.external: ['mpmetrics']. " +
      'If it is imported by another name, ' +
      'such as prom-client, that name is the one to keep out.',
    { cause },
  );
}

function failure(code: string, message: string): Error {
  if (code.startsWith('MPMETRICS_')) return new MpmetricsError(code, message);
  return coded(new Error(message), code);
}
