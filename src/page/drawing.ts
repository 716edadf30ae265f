// Draws cards when the browser is about to paint: a few of them in each frame, so that no frame waits for all.

/** The time, in milliseconds, after which the other cards wait for the next frame. */
const MOST_TIME = 4;

/** The cards that wait for their drawing. */
export class Drawing<Card> {
  readonly #draw: (card: Card) => void;
  readonly #waiting = new Set<Card>();
  #isAsked = false;

  /** @param draw Draws a card. */
  constructor(draw: (card: Card) => void) {
    this.#draw = draw;
  }

  /** Draws a card in one of the next frames, once for all requests until then. */
  ask(card: Card): void {
    this.#waiting.add(card);
    this.#askFrame();
  }

  #askFrame(): void {
    if (this.#isAsked || this.#waiting.size === 0) return;
    this.#isAsked = true;
    requestAnimationFrame(() => {
      this.#isAsked = false;
      this.#drawSome();
      this.#askFrame();
    });
  }

  #drawSome(): void {
    const end = performance.now() + MOST_TIME;
    for (const card of this.#waiting) {
      this.#waiting.delete(card);
      this.#draw(card);
      if (performance.now() >= end) return;
    }
  }
}
