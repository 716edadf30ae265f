// Scrapes a page of metrics again and again, and checks at every read what must hold at every moment.
import { setTimeout as sleep } from 'node:timers/promises';
import http from 'node:http';
import { parse } from './exposition.mjs';

/** Reads the page at `url` over and over, on one connection, until it is told to stop. */
export class Watcher {
  scrapes = 0;
  inconsistent = 0;
  backwards = 0;
  slowest = 0;
  /** The first few things that were wrong, in words. */
  faults = [];
  /** The families of the last page that could be read. */
  families = new Map();

  #url;
  #pause;
  #agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  #stopped = false;
  #watching;

  /** @param {string} url the page; @param {number} pause milliseconds between two reads */
  constructor(url, pause = 5) {
    this.#url = url;
    this.#pause = pause;
  }

  start() {
    this.#watching = this.#watch();
  }

  /** Ends the watch, after one more read of what is there now. */
  async stop() {
    this.#stopped = true;
    await this.#watching;
    await this.scrape();
    this.#agent.destroy();
  }

  /** Reads the page once and checks it. */
  async scrape() {
    const begin = performance.now();
    let text;
    try {
      text = await get(this.#url, this.#agent);
    } catch (error) {
      this.scrapes += 1;
      this.#fault('inconsistent', `no answer: ${error.message}`);
      return;
    }
    this.slowest = Math.max(this.slowest, performance.now() - begin);
    this.scrapes += 1;
    try {
      const families = parse(text);
      this.#checkConsistent(families);
      this.#checkForwards(families);
      this.families = families;
    } catch (error) {
      this.#fault('inconsistent', error.message);
    }
  }

  async #watch() {
    while (!this.#stopped) {
      await this.scrape();
      await sleep(this.#pause);
    }
  }

  /** Sum and count are two words that one update changes: a page that saw half of one shows here. */
  #checkConsistent(families) {
    const samples = families.get('demo_quarters')?.samples;
    if (!samples) throw new Error('demo_quarters is missing');
    const sum = samples.get('demo_quarters_sum');
    const count = samples.get('demo_quarters_count');
    if (sum !== 0.25 * count) this.#fault('inconsistent', `sum ${sum} of ${count} times 0.25`);
    const last = samples.get('demo_quarters_bucket{le="+Inf"}');
    if (last !== count) this.#fault('inconsistent', `count ${count}, last bucket ${last}`);
  }

  /** What only ever grows must not shrink: not when a worker dies, not when its successor takes over. */
  #checkForwards(families) {
    let fault;
    for (const [name, { type, samples }] of this.families) {
      if (type !== 'counter' && type !== 'histogram') continue;
      for (const [key, before] of samples) {
        const now = families.get(name)?.samples.get(key);
        if (!(now >= before)) fault ??= `${key} went from ${before} to ${now}`;
      }
    }
    if (fault) this.#fault('backwards', fault);
  }

  #fault(kind, text) {
    this[kind] += 1;
    if (this.faults.length < 5) this.faults.push(text);
  }
}

function get(url, agent) {
  return new Promise((resolve, reject) => {
    const request = http.get(url, { agent, timeout: 10_000 }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk) => (text += chunk));
      response.on('error', reject);
      response.on('end', () => {
        if (response.statusCode === 200) resolve(text);
        else reject(new Error(`status ${response.statusCode}: ${text}`));
      });
    });
    request.on('timeout', () => request.destroy(new Error('nothing for ten seconds')));
    request.on('error', reject);
  });
}
