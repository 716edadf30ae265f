// The live page in a browser, under load.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import test, { type ExecutionContext } from 'ava';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { Counter, Enum, Gauge, Histogram, Info, Registry, startHttpServer } from '../index';
import {
  card,
  hasBrowser,
  inBrowser,
  moved,
  names,
  pixels,
  startBrowser,
  withPage,
} from './page/browser';

const registry = new Registry();
const registers = [registry];
const requests = new Counter({
  name: 'requests_total',
  help: 'Requests <img src=x onerror=alert(1)>',
  labelNames: ['method'],
  registers,
});
const jobs = new Gauge({ name: 'jobs', help: 'Jobs', labelNames: ['pid', 'queue'], registers });
const seconds = new Histogram({ name: 'request_seconds', help: 'Time', registers });
const native = new Histogram({
  name: 'query_seconds',
  help: 'Time',
  native: true,
  buckets: [],
  registers,
});
const state = new Enum({ name: 'task_state', help: 'State', states: ['idle', 'busy'], registers });
new Info({ name: 'build', help: 'Build', registers }).info({ version: '<b>1</b>' });

/** The part of a browser's window that is used here. */
interface BrowserWindow {
  readonly scrollY: number;
  readonly document: EventTarget & { getAnimations(): unknown[] };
  readonly KeyboardEvent: new (type: string, options: { key: string }) => Event;
}

let load: NodeJS.Timeout;
let url: string;
let close: () => Promise<void>;
let browser: Browser;

test.before(async () => {
  if (!hasBrowser) return;
  const server = await startHttpServer({ port: 0, registry });
  url = `http://127.0.0.1:${server.port}/`;
  close = async () => server.close();
  load = setInterval(work, 20);
  browser = await startBrowser();
});
test.after.always(async () => {
  clearInterval(load);
  await browser?.close();
  await close?.();
});

function work(): void {
  requests.inc({ method: Math.random() < 0.5 ? 'GET' : '<i>POST</i>' });
  for (const pid of ['11', '12']) {
    jobs.set({ pid, queue: 'mail' }, Math.random());
    jobs.set({ pid, queue: 'thumbs' }, Math.random());
  }
  seconds.observe(Math.random());
  native.observe(Math.random());
  state.state(Math.random() < 0.5 ? 'idle' : 'busy');
}

async function onPage(
  t: ExecutionContext,
  body: (page: Page) => Promise<void>,
  options: BrowserContextOptions = {},
): Promise<void> {
  return withPage(t, browser, url, body, options);
}

inBrowser('charts of all kinds move under load, and texts of metrics are texts', async (t) =>
  onPage(t, async (page) => {
    for (const name of [
      'requests_total',
      'jobs',
      'request_seconds',
      'query_seconds',
      'task_state',
    ]) {
      await moved(page, name);
    }
    t.is(await page.locator('article img, article b, article i:not(.swatch)').count(), 0);
    t.regex(await card(page, 'requests_total').innerText(), /onerror=alert/);
    t.regex(await card(page, 'build').innerText(), /version=<b>1<\/b>/);
    t.regex(await card(page, 'request_seconds').innerText(), /p99 \d/);
    t.regex(await card(page, 'query_seconds').innerText(), /p50 \d/);
    t.is(await page.locator('#health-writers dd').first().innerText(), '1');
  }),
);

inBrowser('search, label filter and the view by process select what is shown', async (t) =>
  onPage(t, async (page) => {
    await page.fill('#search', 'requests_');
    t.deepEqual(await names(page), ['requests_total']);
    await page.fill('#search', '');
    await page.fill('#filter', 'method=get');
    t.false((await names(page)).includes('jobs'));
    t.deepEqual(
      await card(page, 'requests_total').locator('tbody tr td:first-child').allTextContents(),
      ['method=GET'],
    );
    await page.fill('#filter', '');
    await page.click('#process');
    const rows = card(page, 'jobs').locator('tbody tr td:first-child');
    t.deepEqual(await rows.allTextContents(), ['pid 11', 'pid 12']);
  }),
);

inBrowser('pause and time windows work', async (t) =>
  onPage(t, async (page) => {
    await moved(page, 'jobs');
    await page.click('#pause');
    t.is(await page.locator('#pause').getAttribute('aria-pressed'), 'true');
    const before = await pixels(page, 'jobs');
    // Two further readings arrive meanwhile.
    await page.waitForTimeout(2500);
    t.is(await pixels(page, 'jobs'), before);
    await page.click('#pause');
    await page.click('text=15 min');
    t.is(await page.locator('#window-900').getAttribute('aria-pressed'), 'true');
    t.is(await page.locator('#window-60').getAttribute('aria-pressed'), 'false');
    t.not(await pixels(page, 'jobs'), before);
  }),
);

inBrowser('each action has a key', async (t) =>
  onPage(t, async (page) => {
    const focused = async (): Promise<string | undefined> =>
      page
        .locator(':focus')
        .evaluate((element) => element.id || element.getAttribute('aria-labelledby') || '');
    await page.keyboard.press('/');
    t.is(await focused(), 'search');
    await page.keyboard.type('jobs');
    t.deepEqual(await names(page), ['jobs']);
    await page.keyboard.press('Escape');
    t.is(await page.inputValue('#search'), '');
    await page.keyboard.press('Escape');
    await page.keyboard.press('j');
    t.is(await focused(), 'family-requests_total');
    await page.keyboard.press('j');
    t.is(await focused(), 'family-jobs');
    await page.keyboard.press('k');
    t.is(await focused(), 'family-requests_total');
    await page.keyboard.press('2');
    t.is(await page.locator('#window-300').getAttribute('aria-pressed'), 'true');
    await page.keyboard.press('p');
    t.is(await page.locator('#pause').getAttribute('aria-pressed'), 'true');
    await page.keyboard.press('b');
    t.is(await page.locator('#process').getAttribute('aria-pressed'), 'true');
    await page.keyboard.press('?');
    t.true(await page.locator('#help').isVisible());
    await page.click('#help button');
    t.false(await page.locator('#help').isVisible());
  }),
);

inBrowser('reduced motion: the page jumps to a metric, and has no animation', async (t) =>
  onPage(
    t,
    async (page) => {
      // Read within the event of the key: a smooth movement would begin later, and readings that arrive move the cards.
      const [before, after] = await page.evaluate(() => {
        const window = globalThis as unknown as BrowserWindow;
        const place = window.scrollY;
        for (let times = 0; times < 3; times += 1) {
          window.document.dispatchEvent(new window.KeyboardEvent('keydown', { key: 'j' }));
        }
        return [place, window.scrollY] as const;
      });
      t.true(after > before, `the page has moved from ${before} to ${after}`);
      t.is(
        await page.evaluate(
          () => (globalThis as unknown as BrowserWindow).document.getAnimations().length,
        ),
        0,
      );
    },
    { reducedMotion: 'reduce', viewport: { width: 390, height: 500 } },
  ),
);

inBrowser('only cards in sight are drawn', async (t) => {
  const many = new Registry();
  const gauges = Array.from(
    { length: 60 },
    (_, index) => new Gauge({ name: `gauge_${index}`, help: 'One of many', registers: [many] }),
  );
  const change = (): void => gauges.forEach((gauge) => gauge.set(Math.random()));
  change();
  const changing = setInterval(change, 100);
  const server = await startHttpServer({ port: 0, registry: many, own: false });
  await withPage(t, browser, `http://127.0.0.1:${server.port}/`, async (page) => {
    const charts = page.locator('article canvas');
    await moved(page, 'gauge_0');
    t.is(await page.locator('article').count(), 60);
    const first = await charts.count();
    t.true(first >= 6 && first < 30, `${first} charts`);
    // At the other end, the first cards stay as they were.
    await card(page, 'gauge_59').scrollIntoViewIfNeeded();
    await card(page, 'gauge_59').locator('canvas').waitFor();
    // A chart that moves has been seen, and by then it is also known which cards are out of sight.
    await moved(page, 'gauge_59');
    const before = await pixels(page, 'gauge_0');
    await moved(page, 'gauge_59');
    await moved(page, 'gauge_59');
    t.is(await pixels(page, 'gauge_0'), before);
    // In sight again, they show the present values.
    await moved(page, 'gauge_0');
  });
  clearInterval(changing);
  await server.close();
});

for (const colorScheme of ['light', 'dark'] as const) {
  for (const width of [1280, 390]) {
    inBrowser(`axe-core finds no serious fault: ${colorScheme}, ${width} pixels`, async (t) =>
      onPage(
        t,
        async (page) => {
          const axe = readFileSync(
            createRequire(import.meta.url).resolve('axe-core/axe.min.js'),
            'utf8',
          );
          await page.evaluate(axe);
          const faults = await page.evaluate(async () => {
            const { axe: checks } = globalThis as unknown as {
              axe: {
                run(): Promise<{
                  violations: { id: string; impact: string; nodes: { html: string }[] }[];
                }>;
              };
            };
            const { violations } = await checks.run();
            return violations
              .filter(({ impact }) => impact === 'serious' || impact === 'critical')
              .map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`);
          });
          t.deepEqual(faults, []);
          const { scroll, client } = await page.evaluate(() => {
            const { document } = globalThis as unknown as {
              document: { documentElement: { scrollWidth: number; clientWidth: number } };
            };
            const { scrollWidth, clientWidth } = document.documentElement;
            return { scroll: scrollWidth, client: clientWidth };
          });
          t.is(scroll, client, 'nothing is wider than the page');
        },
        { colorScheme, viewport: { width, height: 900 }, reducedMotion: 'reduce' },
      ),
    );
  }
}
