// The live page in Debian's Chromium. Without Chromium, its tests are skipped: `apt-get install chromium` brings it.

import { existsSync } from 'node:fs';
import test, { type ExecutionContext } from 'ava';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';

const PROGRAM = '/usr/bin/chromium';
const PAGE = new URL('../../dist/src/page/page.html', import.meta.url);

/** Whether the browser is installed. */
export const hasBrowser = existsSync(PROGRAM);
/** A test with the browser. In CI it must run; elsewhere it runs if the browser is installed. */
export const inBrowser = hasBrowser || process.env['CI'] ? test.serial : test.serial.skip;

/** Starts the browser. */
export async function startBrowser(): Promise<Browser> {
  if (!existsSync(PAGE)) throw new Error('the page is not built: run "npm run build:ts"');
  return chromium.launch({ executablePath: PROGRAM, args: ['--no-sandbox'] });
}

/** Opens the page. In the end there must be no message of the console and no foreign request. */
export async function withPage(
  t: ExecutionContext,
  browser: Browser,
  url: string,
  body: (page: Page) => Promise<void>,
  options: BrowserContextOptions = {},
): Promise<void> {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const messages: string[] = [];
  page.on('console', (message) => messages.push(message.text()));
  page.on('pageerror', (error) => messages.push(String(error)));
  const foreign: string[] = [];
  page.on('request', (asked) => {
    if (!asked.url().startsWith(url) && !asked.url().startsWith('data:')) foreign.push(asked.url());
  });
  await page.goto(url);
  await page.locator('article canvas').first().waitFor();
  await body(page);
  await context.close();
  t.deepEqual(messages, []);
  t.deepEqual(foreign, []);
}

/** The card of a metric. */
export function card(page: Page, name: string): ReturnType<Page['locator']> {
  return page.locator(`article[aria-labelledby="family-${name}"]`);
}

/** The pixels of a chart as a text. */
export async function pixels(page: Page, name: string): Promise<string> {
  const canvas = card(page, name).locator('canvas');
  return canvas.evaluate((element) => (element as unknown as { toDataURL(): string }).toDataURL());
}

/** Waits until a chart has other pixels. */
export async function moved(page: Page, name: string): Promise<void> {
  await card(page, name).scrollIntoViewIfNeeded();
  const before = await pixels(page, name);
  while ((await pixels(page, name)) === before) await page.waitForTimeout(200);
}

/** The names of the metrics whose cards are shown. */
export async function names(page: Page): Promise<string[]> {
  return page.locator('article:visible h2').allTextContents();
}
