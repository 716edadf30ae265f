// Processes and threads that do what they are told: the side of whoever tells them. See actor.mjs for the other side.
import { start } from './children.mjs';

/**
 * @typedef {Record<string, any> & { warnings: { code: string, message: string }[] }} Kept what an actor keeps from order
 * to order
 */

/** One process or thread. */
export class Actor {
  /** @type {ReturnType<typeof start>} */
  #child;
  /** @type {Promise<unknown>} */
  #ready;

  /**
   * @param {'threads' | 'fork' | 'cluster' | 'spawn'} kind
   * @param {Parameters<typeof start>[3]} [how]
   */
  constructor(kind, how) {
    this.#child = start(kind, 'actor.mjs', {}, how);
    this.#ready = this.#child.next('ready');
    // Whoever gives it an order hears of it.
    this.#ready.catch(() => {});
  }

  /** Its process. */
  get pid() {
    return this.#child.pid;
  }

  /** How it has ended, once it has: `{ code, signal }` of a process. */
  get ended() {
    return this.#child.ended;
  }

  /**
   * Has it run a function, and returns the result. Of what is around the function it sees nothing.
   *
   * @template Result
   * @template [Given=undefined]
   * @param {(client: typeof import('../../../index'), kept: Kept, given: Given) => Result} does
   * @param {Given} [given] What the function gets as its last argument.
   * @returns {Promise<Awaited<Result>>}
   */
  async run(does, given) {
    await this.#ready;
    this.#child.send({ order: 'run', text: `${does}`, given });
    const { error, result } = await this.#child.next('done');
    if (error !== undefined) throw new Error(error);
    return result;
  }

  /** Has it end by itself. */
  async leave() {
    await this.#ready;
    this.#child.send({ order: 'leave' });
    return this.#child.ended;
  }

  /** Ends it where it is. */
  async kill() {
    return this.#child.kill();
  }
}
