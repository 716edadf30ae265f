// An application of a packed project, under `mpmetrics/auto`, and requests to it.

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import type { ExecutionContext } from 'ava';
import { neutral } from '../multiprocess/support/run';
import { endGroup } from './group';
import { freePort } from './port';

/** How long an answer may take before the connection is given up, in milliseconds. */
const LONGEST = 15_000;

/** How to start it. */
export interface Start {
  /** Its folder. */
  folder: string;
  /** Arguments of Node.js, the script among them. */
  args: readonly string[];
  environment?: NodeJS.ProcessEnv;
}

/** One answer; status 0: the connection broke off. */
export interface Answer {
  status: number;
  text: string;
}

/** An application that runs. */
export class Application {
  readonly port: number;
  readonly metricsPort: number;
  readonly process: ChildProcess;
  /** The text of its standard error. */
  errors = '';
  readonly #waiting: { count: number; resolve: () => void }[] = [];
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 16 });

  private constructor(started: ChildProcess, port: number, metricsPort: number) {
    this.process = started;
    this.port = port;
    this.metricsPort = metricsPort;
    started.stderr?.on('data', (chunk: Buffer) => (this.errors += chunk.toString()));
  }

  /** Starts it; the environment tells it `PORT`, and the port of the page. It ends with the test. */
  static async start(
    t: ExecutionContext,
    { folder, args, environment }: Start,
  ): Promise<Application> {
    const [port, metricsPort] = [await freePort(), await freePort()];
    const started = spawn(process.execPath, args, {
      cwd: folder,
      detached: true,
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      env: {
        ...neutral(),
        NODE_ENV: 'test',
        PORT: String(port),
        MPMETRICS_PORT: String(metricsPort),
        METRICS_PORT: String(metricsPort),
        ...environment,
      },
    });
    t.teardown(() => endGroup(started.pid as number));
    return new Application(started, port, metricsPort);
  }

  /** Waits until a path answers with that status. */
  async until(path: string, status: number): Promise<void> {
    for (;;) {
      const answer = await this.get(path);
      if (answer.status === status) return;
      if (this.process.exitCode !== null) throw new Error(`It has ended: ${this.errors}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  /** Asks for a path. */
  get(
    path: string,
    { method = 'GET', port = this.port, host = '127.0.0.1' } = {},
  ): Promise<Answer> {
    return new Promise((resolve) => {
      const asked = request({ host, port, path, method, agent: this.#agent }, (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => (text += chunk));
        response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
        response.on('error', () => resolve({ status: 0, text: '' }));
      });
      asked.on('error', () => resolve({ status: 0, text: '' }));
      // A connection that was on its way to a worker that was killed stays open for ever.
      asked.setTimeout(LONGEST, () => asked.destroy());
      asked.end();
    });
  }

  /** Resolves as soon as so many of the requests of `all` have ended. */
  answered(count: number): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push({ count, resolve });
    });
  }

  /** Asks for paths, some of them at once. Returns how many were answered, by status. */
  async all(paths: readonly string[], atOnce = 16): Promise<Map<number, number>> {
    const counts = new Map<number, number>();
    let ended = 0;
    const left = paths.values();
    const work = async (): Promise<void> => {
      for (const path of left) {
        const { status } = await this.get(path);
        counts.set(status, (counts.get(status) ?? 0) + 1);
        ended += 1;
        for (const { count, resolve } of this.#waiting) if (count === ended) resolve();
      }
    };
    await Promise.all(Array.from({ length: atOnce }, work));
    return counts;
  }

  /** Asks for a path, and breaks off as soon as the request is under way. */
  breakOff(path: string): Promise<void> {
    return new Promise((resolve) => {
      const asked = request({ host: '127.0.0.1', port: this.port, path });
      asked.on('error', () => resolve());
      asked.on('finish', () => setTimeout(() => asked.destroy(), 200));
      asked.end();
    });
  }

  /** The samples of the page whose names begin so, as soon as it is served. */
  async samples(beginning: string): Promise<Sample[]> {
    for (;;) {
      const { status, text } = await this.get('/metrics', { port: this.metricsPort });
      if (status === 200) return samplesIn(text).filter(({ name }) => name.startsWith(beginning));
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  /** The processes of a cluster that answers messages with them. */
  async workers(): Promise<number[]> {
    this.process.send({});
    const [pids] = (await once(this.process, 'message')) as [number[]];
    return pids;
  }
}

/** One sample of a page. */
export interface Sample {
  name: string;
  labels: Record<string, string>;
  value: number;
}

/** The samples of a page. */
export function samplesIn(text: string): Sample[] {
  return [...text.matchAll(/^(\w+)(?:\{(.*)\})? (\S+)$/gm)].map(([, name, labels = '', value]) => ({
    name: name as string,
    labels: Object.fromEntries(
      [...labels.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, label, own]) => [label, own]),
    ) as Record<string, string>,
    value: Number(value),
  }));
}
