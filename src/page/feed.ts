// The events of the server. While the page is hidden, there is no connection, and the server reads nothing.

import type { PageHead, PageHealth, PageValues } from '../present/page-data';

/** The receivers of events. */
export interface Receivers {
  catalog(heads: readonly PageHead[]): void;
  health(health: PageHealth): void;
  values(values: PageValues): void;
  /** The state of the connection has changed. */
  connected(isConnected: boolean): void;
}

/** The pause, in milliseconds, after which a change of the wanted names is sent. */
const SETTLE = 250;
/** The pause before a stream that the server has refused is asked for again. */
const AGAIN = 3000;

/** The stream of events. */
export class Feed {
  readonly #receivers: Receivers;
  #names: readonly string[] = [];
  #source: EventSource | undefined;
  #timer: number | undefined;

  constructor(receivers: Receivers) {
    this.#receivers = receivers;
    document.addEventListener('visibilitychange', () => this.#open());
    this.#open();
  }

  /** Asks for families that the server does not send by itself. */
  want(names: readonly string[]): void {
    if (names.join('\n') === this.#names.join('\n')) return;
    this.#names = names;
    this.#openIn(SETTLE);
  }

  #openIn(pause: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#open(), pause);
  }

  #open(): void {
    clearTimeout(this.#timer);
    this.#source?.close();
    this.#source = undefined;
    if (document.hidden) return;
    const query = new URLSearchParams(this.#names.map((name) => ['name[]', name]));
    const source = new EventSource(`events?${query}`);
    this.#source = source;
    const on = <Data>(event: string, receive: (data: Data) => void): void =>
      source.addEventListener(event, ({ data }) => receive(JSON.parse(data as string) as Data));
    on('catalog', this.#receivers.catalog);
    on('health', this.#receivers.health);
    on('values', this.#receivers.values);
    source.addEventListener('open', () => this.#receivers.connected(true));
    source.addEventListener('error', () => {
      this.#receivers.connected(false);
      // The browser itself tries again only after a lost connection.
      if (source.readyState === EventSource.CLOSED) this.#openIn(AGAIN);
    });
  }
}
