// Asks the isolate that started the server for external metrics, with a bounded wait.

import type { Encoding } from '../heap/request';
import type { FromThread, ToThread } from './messages';

/**
 * The wait, in milliseconds, for an isolate without external metrics, which may have some now. If its event loop is
 * busy, the next scrape will know.
 */
const GLANCE = 20;

/** The isolate that started the server, as its thread sees it. @internal */
export class ExternalMetricsClient {
  readonly #send: (message: FromThread) => void;
  readonly #wait: number;
  #hasExternal: boolean;
  /** Whether a question is still unanswered. Until then, no scrape waits again. */
  #isWaiting = false;
  /** The last encoding that was asked for, as a key. */
  #asked = '';
  /** The last answers, by encoding. An isolate that does not answer keeps them. */
  readonly #expositions = new Map<string, Uint8Array[]>();
  #onMessage: (message: ToThread) => void = () => undefined;

  /**
   * @param send Sends a message to the isolate.
   * @param wait The longest wait for an answer, in milliseconds.
   * @param hasExternal Whether the isolate has external metrics, as far as is known.
   */
  constructor(send: (message: FromThread) => void, wait: number, hasExternal: boolean) {
    this.#send = send;
    this.#wait = wait;
    this.#hasExternal = hasExternal;
  }

  /** Handles a message of the isolate. */
  receive(message: ToThread): void {
    if (message.kind === 'answering') this.#hasExternal = message.hasExternal;
    if (message.kind === 'answered') {
      this.#isWaiting = false;
      this.#expositions.set(this.#asked, message.external);
    }
    this.#onMessage(message);
  }

  /**
   * The expositions of the external metrics: the present ones, or those of the last answer.
   *
   * @param most A shorter wait than that of the server, in milliseconds.
   */
  async expositions(encoding: Encoding, most = Number.POSITIVE_INFINITY): Promise<Uint8Array[]> {
    const key = JSON.stringify(encoding);
    if (!this.#isWaiting) {
      this.#isWaiting = true;
      this.#asked = key;
      this.#send({ kind: 'ask', encoding });
      await this.#answered(Math.min(this.#wait, most));
    }
    return this.#expositions.get(key) ?? [];
  }

  #answered(wait: number): Promise<void> {
    return new Promise((resolve) => {
      let timer = setTimeout(resolve, this.#hasExternal ? wait : Math.min(GLANCE, wait));
      this.#onMessage = (message) => {
        if (message.kind === 'answering' && message.hasExternal) {
          clearTimeout(timer);
          timer = setTimeout(resolve, wait);
        } else if (message.kind === 'answered') {
          clearTimeout(timer);
          resolve();
        }
      };
    });
  }
}
