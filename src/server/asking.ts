// Asks the isolate that started the server for metrics that are in no heap, and does not wait for it for ever.

import type { Encoding } from '../heap/request';
import type { FromThread, ToThread } from './messages';

/**
 * How long an isolate that had no such metrics has to say that it has some now, in milliseconds. If its event
 * loop is busy it is not worth waiting for: the next scrape will know.
 */
const GLANCE = 20;

/** The isolate that started the server, as its thread knows it. @internal */
export class Asking {
  readonly #send: (message: FromThread) => void;
  readonly #wait: number;
  #hasForeign: boolean;
  /** Whether a question has not been answered yet: until it is, nobody waits again. */
  #isWaiting = false;
  /** The encoding that was asked for last, as a key. */
  #asked = '';
  /** The last answers: who does not answer keeps its values. */
  readonly #expositions = new Map<string, Uint8Array[]>();
  #onMessage: (message: ToThread) => void = () => undefined;

  /**
   * @param send Sends a message to the isolate.
   * @param wait The longest wait for an answer, in milliseconds.
   * @param hasForeign Whether it has such metrics as far as known.
   */
  constructor(send: (message: FromThread) => void, wait: number, hasForeign: boolean) {
    this.#send = send;
    this.#wait = wait;
    this.#hasForeign = hasForeign;
  }

  /** Takes what the isolate says. */
  receive(message: ToThread): void {
    if (message.kind === 'answering') this.#hasForeign = message.hasForeign;
    if (message.kind === 'answered') {
      this.#isWaiting = false;
      this.#expositions.set(this.#asked, message.foreign);
    }
    this.#onMessage(message);
  }

  /** The expositions of those metrics, as they are now or were when the isolate answered last. */
  async foreign(encoding: Encoding): Promise<Uint8Array[]> {
    const key = JSON.stringify(encoding);
    if (!this.#isWaiting) {
      this.#isWaiting = true;
      this.#asked = key;
      this.#send({ kind: 'ask', encoding });
      await this.#answered();
    }
    return this.#expositions.get(key) ?? [];
  }

  #answered(): Promise<void> {
    return new Promise((resolve) => {
      let timer = setTimeout(resolve, this.#hasForeign ? this.#wait : Math.min(GLANCE, this.#wait));
      this.#onMessage = (message) => {
        if (message.kind === 'answering' && message.hasForeign) {
          clearTimeout(timer);
          timer = setTimeout(resolve, this.#wait);
        } else if (message.kind === 'answered') {
          clearTimeout(timer);
          resolve();
        }
      };
    });
  }
}
