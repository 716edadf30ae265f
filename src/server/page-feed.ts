// Reads the heap for the pages that are open, once a second for all of them. Without an open page, nothing is read.

import type { ServerResponse } from 'http';
import { performance } from 'perf_hooks';
import type { FamilyValues, HeapInfo, Turns } from '../heap/native';
import type { PageHead, PageHealth } from '../present/page-data';
import { PageStream } from './page-stream';
import { headOf, readingOf } from './page-values';
import type { Scraper } from './scraper';

/** The most pages that are open at once. */
const MOST_STREAMS = 16;
/** The time between two readings, in milliseconds … */
const EVERY = 1000;
/** … or longer, so that the thread spends at most this share of its time … */
const SHARE = 0.04;
/** … but no longer than this, in milliseconds. On a busy machine, the thread mostly waits for a processor. */
const LONGEST = 4000;
/** The families from the first on are always sent, up to so many series. Others are sent while a page shows them. */
const KEPT_SERIES = 2000;
/** The shortest time between two readings of all families, in milliseconds, for the list. */
const CATALOG_EVERY = 5000;
/** The wait for event loops, in milliseconds. */
const TURN_WAIT = 200;
/** A family of the heap's own metrics, which says whether the page is the whole. */
const PARTIAL = 'mpmetrics_partial';

/** The readings for all open pages. @internal */
export class PageFeed {
  readonly #scraper: Scraper;
  readonly #own: boolean;
  readonly #path: string;
  readonly #streams = new Set<PageStream>();
  #catalog: readonly PageHead[] = [];
  /** The figures of the heap when the list was made, and the time of that. */
  #listed = { figures: '', at: -Infinity };
  #timer: NodeJS.Timeout | undefined;
  #isReading = false;

  constructor(scraper: Scraper, { own, path }: { own: boolean; path: string }) {
    this.#scraper = scraper;
    this.#own = own;
    this.#path = path;
  }

  /** Whether no further page can be opened. */
  get isFull(): boolean {
    return this.#streams.size >= MOST_STREAMS;
  }

  /** Sends events until the browser or the server ends the stream. */
  async open(response: ServerResponse, names: readonly string[]): Promise<void> {
    const stream = new PageStream(response, names);
    const closed = new Promise<void>((resolve) => response.once('close', () => resolve()));
    this.#streams.add(stream);
    this.#readNow();
    await closed;
    this.#streams.delete(stream);
    if (this.#streams.size === 0) clearTimeout(this.#timer);
  }

  /** Ends all streams. */
  close(): void {
    clearTimeout(this.#timer);
    for (const stream of this.#streams) stream.end();
  }

  /** A page that was opened gets its values at once. */
  #readNow(): void {
    if (this.#isReading) return;
    clearTimeout(this.#timer);
    void this.#read();
  }

  async #read(): Promise<void> {
    this.#isReading = true;
    const before = performance.eventLoopUtilization();
    const began = performance.now();
    const streams = [...this.#streams];
    try {
      await this.#send(streams);
    } catch (error) {
      const problem = error instanceof Error ? error.message : String(error);
      for (const stream of streams) stream.begin(this.#health(problem), this.#catalog);
    }
    const { active } = performance.eventLoopUtilization(before);
    this.#isReading = false;
    if (this.#streams.size === 0) return;
    const isNew = [...this.#streams].some((stream) => !streams.includes(stream));
    const pause = Math.max(EVERY - (performance.now() - began), Math.min(active / SHARE, LONGEST));
    this.#timer = setTimeout(() => void this.#read(), isNew ? 0 : pause);
  }

  async #send(streams: readonly PageStream[]): Promise<void> {
    // Both at once: a blocked isolate delays both, but no longer than either of them.
    const [figures, external] = await Promise.all([
      this.#scraper.figures(TURN_WAIT),
      this.#scraper.externalFamilies(),
    ]);
    const reading = await this.#families(streams, figures?.info, external);
    const families = reading.filter((family) => this.#isShown(family)).map(readingOf);
    const partial = reading.find(({ name }) => name === PARTIAL);
    const health = this.#health(null, figures, partial?.series[0]?.value === 1);
    const time = Date.now() / 1000;
    const kept = new Set(this.#catalog.flatMap(({ name, isKept }) => (isKept ? [name] : [])));
    for (const stream of streams) {
      if (!stream.begin(health, this.#catalog)) continue;
      const wanted = new Set(stream.names);
      stream.values(
        time,
        families.filter(({ name }) => kept.has(name) || wanted.has(name)),
      );
    }
  }

  /** The families for these streams: all of them if the list must be made again. */
  async #families(
    streams: readonly PageStream[],
    info: HeapInfo | undefined,
    external: readonly FamilyValues[],
  ): Promise<readonly FamilyValues[]> {
    const figures = [info?.id, info?.families, info?.series, ...external.map(({ name }) => name)];
    const now = performance.now();
    if (`${figures}` !== this.#listed.figures && now - this.#listed.at > CATALOG_EVERY) {
      const all = [...(await this.#scraper.families()), ...external];
      this.#listed = { figures: `${figures}`, at: now };
      this.#list(all);
      return all;
    }
    const names = new Set(streams.flatMap((stream) => stream.names));
    for (const { name, isKept } of this.#catalog) if (isKept) names.add(name);
    return [...(await this.#scraper.families([...names, PARTIAL])), ...external];
  }

  #list(all: readonly FamilyValues[]): void {
    let series = 0;
    this.#catalog = all
      .filter((family) => this.#isShown(family))
      .map((family) => {
        const isKept = series + family.series.length <= KEPT_SERIES;
        if (isKept) series += family.series.length;
        return headOf(family, isKept);
      });
  }

  #isShown({ name }: FamilyValues): boolean {
    return this.#own || !name.startsWith('mpmetrics_');
  }

  #health(
    problem: string | null,
    figures?: { info: HeapInfo; turns: Turns },
    isPartial = false,
  ): PageHealth {
    const live = figures?.info.writers.filter((writer) => writer.live) ?? [];
    return {
      name: figures?.info.name ?? null,
      path: this.#path,
      problem: problem ?? (figures === undefined ? 'Metrics are switched off.' : null),
      writers: live.length,
      processes: new Set(live.map(({ pid }) => pid)).size,
      blocked: figures?.turns.blocked.map(({ pid, thread }) => ({ pid, thread })) ?? [],
      bytes: figures?.info.bytes ?? 0,
      usedBytes: figures?.info.usedBytes ?? 0,
      series: figures?.info.series ?? 0,
      // As many as the page lists. The heap counts declarations, also those of this package itself.
      families: this.#catalog.length,
      droppedSeries: figures?.info.droppedSeries ?? 0,
      isPartial,
      createdAt: figures?.info.createdAt ?? 0,
    };
  }
}
