// One page that is open in a browser: a stream of server-sent events with changes.

import type { ServerResponse } from 'http';
import type { MetricFamily } from '../present/metric-family';
import type { PageChange, PageHead, PageHealth, PageValue } from '../present/page-data';
import { valuesOf } from './page-values';

/** How many readings a page may miss because its browser reads too slowly. Then the stream ends. */
const MOST_MISSED = 30;

/** The state of a family in the browser, as far as it was sent. */
interface Sent {
  /** The labels of all series, as a text. */
  readonly labels: string;
  /** The values as texts, by the index of the series. */
  readonly values: string[];
}

/** A stream. @internal */
export class PageStream {
  /** The names of the families that the page asks for, beside those that are always sent. */
  readonly names: readonly string[];
  readonly #response: ServerResponse;
  #sent = new Map<string, Sent>();
  #catalog: readonly PageHead[] | undefined;
  #missed = 0;

  /** @param response Gets the events. Its headers are sent here. */
  constructor(response: ServerResponse, names: readonly string[]) {
    this.#response = response;
    this.names = names;
    response.writeHead(200, {
      'Content-Type': 'text/event-stream; charset=utf-8',
      'Cache-Control': 'no-store',
      'X-Content-Type-Options': 'nosniff',
    });
    // After a lost connection, the browser asks again in so many milliseconds.
    response.write('retry: 2000\n\n');
  }

  /** Sends the health and, if it is another one than before, the list of the families. Returns false for a slow page. */
  begin(health: PageHealth, catalog: readonly PageHead[]): boolean {
    if (this.#response.writableNeedDrain) {
      this.#missed += 1;
      if (this.#missed > MOST_MISSED) this.#response.destroy();
      return false;
    }
    this.#missed = 0;
    this.#send('health', health);
    if (this.#catalog !== catalog) this.#send('catalog', catalog);
    this.#catalog = catalog;
    return true;
  }

  /** Sends the changes of these families. */
  values(time: number, families: readonly MetricFamily[]): void {
    const sent = new Map<string, Sent>();
    const changes = families.map((family) => {
      const before = this.#sent.get(family.name);
      const labels = JSON.stringify(family.series.map((series) => series.labels));
      const isKnown = before?.labels === labels;
      const now = valuesOf(family);
      const texts = now.map((value) => JSON.stringify(value));
      sent.set(family.name, { labels, values: texts });
      return changeOf(family, now, texts, isKnown ? before.values : undefined);
    });
    this.#sent = sent;
    this.#send('values', { time, families: changes });
  }

  /** Ends the stream. */
  end(): void {
    this.#response.end();
  }

  #send(event: string, data: unknown): void {
    this.#response.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  }
}

function changeOf(
  { name, series }: MetricFamily,
  now: readonly PageValue[],
  texts: readonly string[],
  before: readonly string[] | undefined,
): PageChange {
  const values: [number, PageValue][] = [];
  for (const [index, text] of texts.entries()) {
    if (text !== before?.[index]) values.push([index, now[index] as PageValue]);
  }
  if (before !== undefined) return { name, values };
  return { name, labels: series.map(({ labels }) => labels), values };
}
