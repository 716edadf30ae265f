// Asks the isolate that started the server for external metrics, with a bounded wait.

import type { FamilyValues } from '../heap/native';
import type { Encoding } from '../heap/request';
import type { FromThread, ToThread } from './messages';
import { Question, type Waits } from './question';

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
  readonly #expositions = new Question<readonly Uint8Array[]>([]);
  readonly #families = new Question<readonly FamilyValues[]>([]);

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
    if (message.kind === 'answering') {
      this.#hasExternal = message.hasExternal;
      if (message.hasExternal) {
        this.#expositions.extend();
        this.#families.extend();
      }
    }
    if (message.kind === 'answered') this.#expositions.answer(message.external);
    if (message.kind === 'answeredFamilies') this.#families.answer(message.external);
  }

  /**
   * The expositions of the external metrics: the present ones, or those of the last answer.
   *
   * @param most A shorter wait than that of the server, in milliseconds.
   */
  async expositions(
    encoding: Encoding,
    most = Number.POSITIVE_INFINITY,
  ): Promise<readonly Uint8Array[]> {
    const ask = (): void => this.#send({ kind: 'ask', encoding });
    return this.#expositions.ask(JSON.stringify(encoding), ask, this.#waits(most));
  }

  /** The external metrics as families with their values: the present ones, or those of the last answer. */
  async families(): Promise<readonly FamilyValues[]> {
    return this.#families.ask('', () => this.#send({ kind: 'askFamilies' }), this.#waits());
  }

  #waits(most = Number.POSITIVE_INFINITY): Waits {
    const further = Math.min(this.#wait, most);
    return { first: this.#hasExternal ? further : Math.min(GLANCE, further), further };
  }
}
