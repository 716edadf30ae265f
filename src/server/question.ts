// A question to the isolate that started the server. Its last answer stands in for one that does not come in time.

/** The waits for an answer, in milliseconds. @internal */
export interface Waits {
  /** The wait for a sign of the isolate … */
  readonly first: number;
  /** … and for its answer after that. */
  readonly further: number;
}

/** A question that is asked again and again, perhaps about several things. @internal */
export class Question<Answer> {
  readonly #none: Answer;
  /** The last answers, by key. An isolate that does not answer keeps them. */
  readonly #answers = new Map<string, Answer>();
  /** The key that is still unanswered. Until then, nobody waits again. */
  #asked: string | undefined;
  #extend: () => void = () => undefined;
  #finish: () => void = () => undefined;

  /** @param none The answer before the first one. */
  constructor(none: Answer) {
    this.#none = none;
  }

  /**
   * The present answer, or the last one.
   *
   * @param key Says what is asked about.
   * @param send Sends the question.
   */
  async ask(key: string, send: () => void, waits: Waits): Promise<Answer> {
    if (this.#asked === undefined) {
      this.#asked = key;
      send();
      await this.#wait(waits);
    }
    return this.#answers.get(key) ?? this.#none;
  }

  /** The isolate has begun to answer. */
  extend(): void {
    this.#extend();
  }

  /** Takes the answer. */
  answer(answer: Answer): void {
    if (this.#asked !== undefined) this.#answers.set(this.#asked, answer);
    this.#asked = undefined;
    this.#finish();
  }

  async #wait({ first, further }: Waits): Promise<void> {
    return new Promise((resolve) => {
      let timer = setTimeout(resolve, first);
      this.#extend = () => {
        clearTimeout(timer);
        timer = setTimeout(resolve, further);
      };
      this.#finish = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
