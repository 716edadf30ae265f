// Scrapes a page of metrics again and again, and checks conditions that must hold at every read.
import { setTimeout as sleep } from 'node:timers/promises';
import http from 'node:http';
import { parse } from './exposition.mjs';

/** Reads the page at `url` again and again, on one connection, until `stop()`. */
export class Watcher {
  scrapes = 0;
  inconsistent = 0;
  backwards = 0;
  slowest = 0;
  /** The first errors, in words. */
  faults = [];
  /** The families of the last readable page. */
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

  /** Ends after one more read. */
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

  /** One update changes both sum and count: a page with half of an update is detected here. */
  #checkConsistent(families) {
    const samples = families.get('demo_quarters')?.samples;
    if (!samples) throw new Error('demo_quarters is missing');
    const sum = samples.get('demo_quarters_sum');
    const count = samples.get('demo_quarters_count');
    if (sum !== 0.25 * count) this.#fault('inconsistent', `sum ${sum} of ${count} times 0.25`);
    const last = samples.get('demo_quarters_bucket{le="+Inf"}');
    if (last !== count) this.#fault('inconsistent', `count ${count}, last bucket ${last}`);
  }

  /** Counters must not decrease: neither when a worker dies, nor when its successor takes over. */
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
