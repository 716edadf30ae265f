// The parent's side: starts a program as a thread, a forked process, a cluster worker or a spawned process, and uses
// the same messages for all. See channel.mjs for the other side.
import { fork, spawn } from 'node:child_process';
import cluster from 'node:cluster';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';

/** Processes that still run. */
const processes = new Set();
// The children end with this program, in any case.
process.on('exit', () => processes.forEach((child) => child.kill('SIGKILL')));

const STARTERS = {
  threads: startThread,
  fork: (program, given, added) => ofProcess(fork(program, { env: environment(given, added) })),
  cluster: (program, given, added) => {
    cluster.setupPrimary({ exec: program });
    return ofProcess(cluster.fork({ ...added, CHANNEL: JSON.stringify(given) }).process);
  },
  spawn: (program, given, added, through) => {
    const [command, ...parameters] = [...through, process.execPath, program];
    const stdio = ['pipe', 'pipe', 'inherit'];
    return ofProcess(spawn(command, parameters, { env: environment(given, added), stdio }));
  },
};

/** All ways to start a program, by name. */
export const KINDS = Object.keys(STARTERS);

/**
 * Starts a program of this folder.
 *
 * @param {'threads' | 'fork' | 'cluster' | 'spawn'} kind
 * @param {string} program its file name
 * @param {object} given the value that it gets as `given`
 * @param {object} [how]
 * @param {Record<string, string>} [how.environment] variables on top of this environment
 * @param {string[]} [how.through] a command that starts a spawned program, such as `setpriv`
 */
export function start(kind, program, given = {}, { environment: added = {}, through = [] } = {}) {
  const path = fileURLToPath(new URL(program, import.meta.url));
  return new Child(STARTERS[kind](path, given, added, through));
}

/** A child that was started. */
class Child {
  #handle;
  #received = [];
  #waiting = [];
  #isOver = false;

  constructor(handle) {
    this.#handle = handle;
    handle.onMessage((message) => {
      this.#received.push(message);
      this.#settle();
    });
    /** Resolves at its end: for a process, to `{ code, signal }`. */
    this.ended = this.#end(handle.ended);
  }

  /** Its process: this one, for a thread. */
  get pid() {
    return this.#handle.pid;
  }

  /** Sends an order. */
  send(message) {
    this.#handle.send(message);
  }

  /** The next message of that event. Rejects if the child ends without one. */
  next(event) {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ event, resolve, reject });
      this.#settle();
    });
  }

  /** Sends an order, and waits for the answer. */
  async ask(order) {
    this.send({ order });
    return this.next(order);
  }

  /** Kills it: SIGKILL, or `terminate()`. */
  async kill() {
    this.#handle.kill();
    return this.ended;
  }

  async #end(ended) {
    const how = await ended;
    this.#isOver = true;
    this.#settle();
    return how;
  }

  #settle() {
    this.#waiting = this.#waiting.filter(({ event, resolve, reject }) => {
      const index = this.#received.findIndex((message) => message.event === event);
      if (index >= 0) resolve(this.#received.splice(index, 1)[0]);
      else if (this.#isOver) reject(new Error(`It ended before it said "${event}".`));
      return index < 0 && !this.#isOver;
    });
  }
}

function startThread(program, given, added) {
  const worker = new Worker(program, { workerData: given, env: { ...process.env, ...added } });
  // An error ends the thread, and is printed.
  worker.on('error', (error) => console.error(error));
  return {
    pid: process.pid,
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread is no window
    send: (message) => worker.postMessage(message),
    onMessage: (listener) => worker.on('message', listener),
    kill: () => worker.terminate(),
    ended: new Promise((resolve) => worker.on('exit', (code) => resolve({ code, signal: null }))),
  };
}

function ofProcess(child) {
  processes.add(child);
  const ended = new Promise((resolve) =>
    child.on('exit', (code, signal) => resolve({ code, signal })),
  );
  child.on('exit', () => processes.delete(child));
  const overIpc = typeof child.send === 'function';
  // A killed child takes no orders. Its exit event follows.
  child.on('error', () => {});
  child.stdin?.on('error', () => {});
  return {
    pid: child.pid,
    send: (message) => {
      if (overIpc) child.send(message);
      else child.stdin.write(`${JSON.stringify(message)}\n`);
    },
    onMessage: (listener) => {
      if (overIpc) child.on('message', listener);
      else {
        createInterface({ input: child.stdout }).on('line', (line) => listener(JSON.parse(line)));
      }
    },
    kill: () => child.kill('SIGKILL'),
    ended,
  };
}

function environment(given, added) {
  return { ...process.env, ...added, CHANNEL: JSON.stringify(given) };
}
