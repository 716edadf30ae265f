// Asks the isolate that started the server for external metrics, with a bounded wait.

import type { Format } from '../heap/request';
import type { FromThread, ToThread } from './messages';

/**
 * The wait, in milliseconds, for an isolate without external metrics, which may have some now. If its event loop is
 * busy, the next scrape will know.
 */
const GLANCE = 20;

/** The isolate that started the server, as its thread sees it. @internal */
export class Asking {
  readonly #send: (message: FromThread) => void;
  readonly #wait: number;
  #hasForeign: boolean;
  /** Whether a question is still unanswered. Until then, no scrape waits again. */
  #isWaiting = false;
  #format: Format = 'text';
  /** The last answers, by format. An isolate that does not answer keeps them. */
  readonly #texts = new Map<Format, string[]>();
  #onMessage: (message: ToThread) => void = () => undefined;

  /**
   * @param send Sends a message to the isolate.
   * @param wait The longest wait for an answer, in milliseconds.
   * @param hasForeign Whether the isolate has external metrics, as far as is known.
   */
  constructor(send: (message: FromThread) => void, wait: number, hasForeign: boolean) {
    this.#send = send;
    this.#wait = wait;
    this.#hasForeign = hasForeign;
  }

  /** Handles a message of the isolate. */
  receive(message: ToThread): void {
    if (message.kind === 'answering') this.#hasForeign = message.hasForeign;
    if (message.kind === 'answered') {
      this.#isWaiting = false;
      this.#texts.set(this.#format, message.foreign);
    }
    this.#onMessage(message);
  }

  /** The texts of the external metrics: the present ones, or those of the last answer. */
  async foreign(format: Format): Promise<string[]> {
    if (!this.#isWaiting) {
      this.#isWaiting = true;
      this.#format = format;
      this.#send({ kind: 'ask', format });
      await this.#answered();
    }
    return this.#texts.get(format) ?? [];
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
