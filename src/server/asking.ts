// Asks the isolate that started the server to bring its metrics up to date, and does not wait for it for ever.

import type { Format } from '../scrape';
import type { FromThread, ToThread } from './messages';

/**
 * How long an isolate that had no `collect` functions has to say that it has some now, in milliseconds. If its event
 * loop is busy it is not worth waiting for: the next scrape will know.
 */
const GLANCE = 20;

/** The isolate that started the server, as its thread knows it. @internal */
export class Asking {
  readonly #send: (message: FromThread) => void;
  readonly #wait: number;
  #hasCollectors: boolean;
  /** Whether a question has not been answered yet: until it is, nobody waits again. */
  #isWaiting = false;
  #format: Format = 'text';
  /** The last answers: who does not answer keeps its values. */
  readonly #foreign = new Map<Format, string[]>();
  #onMessage: (message: ToThread) => void = () => undefined;

  /**
   * @param send Sends a message to the isolate.
   * @param wait The longest wait for an answer, in milliseconds.
   * @param hasCollectors Whether it has any `collect` functions as far as known.
   */
  constructor(send: (message: FromThread) => void, wait: number, hasCollectors: boolean) {
    this.#send = send;
    this.#wait = wait;
    this.#hasCollectors = hasCollectors;
  }

  /** Takes what the isolate says. */
  receive(message: ToThread): void {
    if (message.kind === 'collecting') this.#hasCollectors = message.hasCollectors;
    if (message.kind === 'collected') {
      this.#isWaiting = false;
      this.#foreign.set(this.#format, message.foreign);
    }
    this.#onMessage(message);
  }

  /** Has the `collect` functions run, and resolves to the texts of the metrics that only the isolate knows. */
  async collect(format: Format): Promise<string[]> {
    if (!this.#isWaiting) {
      this.#isWaiting = true;
      this.#format = format;
      this.#send({ kind: 'collect', format });
      await this.#answered();
    }
    return this.#foreign.get(format) ?? [];
  }

  #answered(): Promise<void> {
    return new Promise((resolve) => {
      let timer = setTimeout(
        resolve,
        this.#hasCollectors ? this.#wait : Math.min(GLANCE, this.#wait),
      );
      this.#onMessage = (message) => {
        if (message.kind === 'collecting' && message.hasCollectors) {
          clearTimeout(timer);
          timer = setTimeout(resolve, this.#wait);
        } else if (message.kind === 'collected') {
          clearTimeout(timer);
          resolve();
        }
      };
    });
  }
}
