// The page of `mpmetrics serve` in a browser: an application that is blocked, killed and started again.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import test, { type ExecutionContext } from 'ava';
import type { Browser } from 'playwright-core';
import { program, Shop } from './cli/support';
import { neutral } from './multiprocess/support/run';
import { card, hasBrowser, inBrowser, moved, startBrowser, withPage } from './page/browser';

let browser: Browser;
test.before(async () => {
  if (hasBrowser) browser = await startBrowser();
});
test.after.always(async () => browser?.close());

/** Runs `mpmetrics serve`, and gives the address of its page. */
async function served(t: ExecutionContext, name: string): Promise<string> {
  const args = ['serve', name, '--port', '0', '--json'];
  const child = spawn(process.execPath, [program, ...args], {
    env: neutral(),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.teardown(() => child.kill('SIGKILL'));
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
  return `http://127.0.0.1:${(JSON.parse(line) as { port: number }).port}/`;
}

inBrowser(
  'while all workers are in endless loops, the page moves on and names them; then it shows that they have ended',
  async (t) => {
    // Another spec's process may remove the heap of a killed application that is not kept.
    const shop = await Shop.start(t, { environment: { MPMETRICS_KEEP: '60' } });
    const url = await served(t, shop.name);
    await withPage(t, browser, url, async (page) => {
      const text = async (selector: string): Promise<string> => page.locator(selector).innerText();
      await page.locator('#state[data-level=well]').waitFor();
      t.regex(await text('#health-writers'), /4\s+4 processes/);
      t.is(await text('#notices'), '');
      await moved(page, 'shop_requests_total');

      await shop.block();
      await page.locator('#health-blocked dd:text-is("4")').waitFor();
      for (const pid of shop.workers) t.true((await text('#notices')).includes(`${pid}`));
      t.is(await text('#state'), 'Attention');
      await moved(page, 'shop_requests_total');
      await moved(page, 'shop_request_duration_seconds');
      // The counts since the start are there, and no longer grow.
      t.regex(await card(page, 'shop_requests_total').innerText(), /0\/s\s+[\d,]+ in all/);

      await shop.kill();
      await page.locator('#state:text-is("Ended")').waitFor();
      t.regex(await text('#notices'), /These are its last values/);
      await Shop.start(t, { name: shop.name, workers: 2 });
      await page.locator('#state[data-level=well]').waitFor();
      await page.locator('#health-writers dd:text-is("2")').waitFor();
      await moved(page, 'shop_requests_total');
    });
  },
);
