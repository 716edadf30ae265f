// One page that is open in a browser: a stream of server-sent events with changes.

import type { ServerResponse } from 'http';
import { labelsOf } from '../present/family-of';
import type { PageChange, PageHead, PageHealth, PageValue } from '../present/page-data';
import { isSameValue, type PageReading } from './page-values';

/** How many readings a page may miss because its browser reads too slowly. Then the stream ends. */
const MOST_MISSED = 30;

/** A stream. @internal */
export class PageStream {
  /** The names of the families that the page asks for, beside those that are always sent. */
  readonly names: readonly string[];
  readonly #response: ServerResponse;
  /** The state of the families in the browser, by name. */
  #sent = new Map<string, PageReading>();
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
  values(time: number, families: readonly PageReading[]): void {
    const changes = families.map((family) => changeOf(family, this.#sent.get(family.name)));
    this.#sent = new Map(families.map((family) => [family.name, family]));
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
  { name, labels, values }: PageReading,
  sent: PageReading | undefined,
): PageChange {
  const isKnown = sent !== undefined && isSameLabels(sent.labels, labels);
  const changes: [number, PageValue][] = [];
  for (const [index, value] of values.entries()) {
    if (!isKnown || !isSameValue(sent.values[index], value)) changes.push([index, value]);
  }
  return { name, ...(!isKnown && { labels: labels.map(labelsOf) }), values: changes };
}

function isSameLabels(
  one: readonly (readonly string[])[],
  other: readonly (readonly string[])[],
): boolean {
  return (
    one.length === other.length &&
    one.every((labels, index) => {
      const pairs = other[index];
      return labels.length === pairs?.length && labels.every((text, at) => text === pairs[at]);
    })
  );
}
