// Processes and threads of one application that do what a spec tells them.
import { randomBytes } from 'node:crypto';
import type { ExecutionContext } from 'ava';
import type * as Client from '../../../index';
import { start } from './children.mjs';
import { neutral } from './run';

/** How an actor can be started. */
export type Kind = 'threads' | 'fork' | 'cluster' | 'spawn';

/** What an actor keeps from order to order. */
// oxlint-disable-next-line typescript/no-explicit-any -- each spec knows what it has put there
export type Kept = Record<string, any> & { warnings: { code: string; message: string }[] };

/** One process or thread. */
export class Actor {
  readonly #child: ReturnType<typeof start>;
  readonly #ready: Promise<unknown>;

  constructor(kind: Kind) {
    this.#child = start(kind, 'actor.mjs');
    this.#ready = this.#child.next('ready');
  }

  /** Its process. */
  get pid(): number {
    return this.#child.pid;
  }

  /**
   * Has it run a function, and returns the result. Of what is around the function it sees nothing.
   *
   * @param given What the function gets as its last argument.
   */
  async run<Result, Given = undefined>(
    does: (client: typeof Client, kept: Kept, given: Given) => Result,
    given?: Given,
  ): Promise<Awaited<Result>> {
    await this.#ready;
    this.#child.send({ order: 'run', text: `${does}`, given });
    const { error, result } = (await this.#child.next('done')) as {
      error?: string;
      result?: Awaited<Result>;
    };
    if (error !== undefined) throw new Error(error);
    return result as Awaited<Result>;
  }

  /** Has it end by itself. */
  async leave(): Promise<void> {
    await this.#ready;
    this.#child.send({ order: 'leave' });
    await this.#child.ended;
  }

  /** Ends it where it is. */
  async kill(): Promise<void> {
    await this.#child.kill();
  }
}

/**
 * Starts an application of such actors, which ends with the test. The specs of a file that use this run one after the other.
 *
 * @param kinds How to start each of them.
 */
export function application(t: ExecutionContext, ...kinds: Kind[]): Actor[] {
  for (const name of Object.keys(process.env)) {
    if (!(name in neutral())) delete process.env[name];
  }
  process.env['MPMETRICS_NAME'] = `spec-${randomBytes(6).toString('hex')}`;
  const actors = kinds.map((kind) => new Actor(kind));
  t.teardown(async () => {
    await Promise.all(actors.map(async (actor) => actor.kill()));
  });
  return actors;
}
