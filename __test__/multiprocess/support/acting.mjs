// Processes and threads that obey a spec: the side of the spec. See actor.mjs for the other side.
import { start } from './children.mjs';

/**
 * @typedef {Record<string, any> & { warnings: { code: string, message: string }[] }} Kept the values that an actor
 * keeps between orders
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
    // The next order reports a failed start.
    this.#ready.catch(() => {});
  }

  /** Its process. */
  get pid() {
    return this.#child.pid;
  }

  /** Its end, once it has ended: `{ code, signal }` of a process. */
  get ended() {
    return this.#child.ended;
  }

  /**
   * Runs a function in the actor, and returns the result. The function cannot use variables around it.
   *
   * @template Result
   * @template [Given=undefined]
   * @param {(client: typeof import('../../../index'), kept: Kept, given: Given) => Result} does
   * @param {Given} [given] The last argument of the function.
   * @returns {Promise<Awaited<Result>>}
   */
  async run(does, given) {
    await this.#ready;
    this.#child.send({ order: 'run', text: `${does}`, given });
    const { error, result } = await this.#child.next('done');
    if (error !== undefined) throw new Error(error);
    return result;
  }

  /** Ends the actor in good order. */
  async leave() {
    await this.#ready;
    this.#child.send({ order: 'leave' });
    return this.#child.ended;
  }

  /** Kills the actor. */
  async kill() {
    return this.#child.kill();
  }
}
