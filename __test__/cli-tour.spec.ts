// A tour in a real terminal: a cluster under load, blocked, killed, and looked at after its death.

import type { ExecutionContext } from 'ava';
import { inTerminal, Terminal } from './cli/terminal';
import { cli, program, Shop } from './cli/support';
import { freePort } from './support/port';

const command = (words: string): string => `${process.execPath} ${program} ${words}`;

/** The number of requests on a page. */
function requestsOf(page: string): number {
  const values = [...page.matchAll(/^shop_requests_total\{.*\} (\d+)$/gm)].map(([, value]) =>
    Number(value),
  );
  return values.reduce((sum, value) => sum + value, 0);
}

inTerminal(
  'top shows rates and quantiles, obeys its keys, and follows the size of the terminal',
  async (t) => {
    const shop = await Shop.start(t);
    const terminal = new Terminal(t, command(`top ${shop.name} --interval 0.3`), [80, 24]);
    const first = await terminal.until(/shop_requests_total +[\d,]+ +[\d.,]+\/s/);
    t.regex(first, /^cli-\d+-\d+ · 4 processes · \d+ series · .* · up \d/m);
    t.regex(first, /^4 event loops, none blocked$/m);
    t.regex(first, /METRIC +VALUE +▼RATE +P50 +P99/);
    t.regex(
      first,
      /^shop_request_duration_seconds +[\d,]+ +[\d.,]+\/s +5\d(\.\d)? ms +9\d(\.\d)? ms$/m,
    );
    t.regex(first, /^shop_response_bytes +.* 2 KiB +2 KiB$/m);
    t.regex(first, /^shop_memory_bytes +64 MiB$/m);
    t.true(terminal.lines.every((line) => line.length <= 80));

    terminal.resize(160, 50);
    const wide = await terminal.until(/P50 +P90 +P99 TREND/);
    t.regex(wide, /every [\d.]+ s$/m);

    terminal.press('/');
    terminal.press('memory');
    await terminal.until(/^\/memory/m);
    t.notRegex(terminal.lines.join('\n'), /shop_requests_total/);
    terminal.press('Enter');
    await terminal.until(/"memory" every/);
    terminal.press('Escape');
    await terminal.until(/shop_requests_total/);

    terminal.press('s', 's', 's');
    await terminal.until(/METRIC ▼/);
    terminal.press('Down', 'Down', 'Down', 'Enter');
    const series = await terminal.until(/method=GET route=\/checkout/);
    t.regex(series, /^shop_requests_total ▼/m);
    t.regex(series, /method=POST route=\/checkout/);
    terminal.press('Escape');
    await terminal.until(/METRIC ▼/);

    terminal.press('p');
    const processes = await terminal.until(
      new RegExp(`${shop.workers[0]} +shop_memory_bytes +64 MiB`),
    );
    for (const pid of shop.workers) t.true(processes.includes(`${pid}  shop_memory_bytes`));
    terminal.press('h');
    await terminal.until(/page up, page down/);
    terminal.press('h');
    terminal.press('Space');
    await terminal.until(/paused/);

    terminal.press('q');
    const end = await terminal.until(/ended with 0/);
    t.notRegex(end, /shop_/, 'the terminal is as it was before');
  },
);

inTerminal('a signal gives the terminal back', async (t) => {
  const shop = await Shop.start(t, { workers: 1 });
  for (const [signal, code] of [
    ['SIGTERM', 143],
    ['SIGHUP', 129],
    ['SIGINT', 130],
  ] as const) {
    const terminal = new Terminal(t, command(`top ${shop.name}`), [80, 24]);
    await terminal.until(/shop_requests_total/);
    process.kill(terminal.pid, signal);
    const end = await terminal.until(new RegExp(`ended with ${code}`));
    t.notRegex(end, /shop_requests_total/);
  }
});

inTerminal('colours are for terminals that have not asked for none', async (t) => {
  const shop = await Shop.start(t, { workers: 1 });
  const colored = new Terminal(t, command(`top ${shop.name}`), [80, 24]);
  await colored.until(/none blocked/);
  // oxlint-disable-next-line no-control-regex -- the escape character begins each style
  t.regex(colored.styled, /\x1b\[32m/);
  const plain = new Terminal(t, `NO_COLOR=1 ${command(`top ${shop.name}`)}`, [80, 24]);
  await plain.until(/none blocked/);
  // oxlint-disable-next-line no-control-regex -- the escape character begins each style
  t.notRegex(plain.styled, /\x1b\[3[0-9]m/);
  const piped = await cli(['top', shop.name, '--interval', '0.1']);
  t.is(piped.code, 0);
  t.false(piped.out.includes('\x1b'));
  t.regex(piped.out, /^shop_requests_total +[\d,]+ +[\d.,]+\/s/m);
});

inTerminal(
  'an application whose workers are all blocked is shown, then killed, and shown after its death',
  async (t) => {
    const shop = await Shop.start(t, { environment: { MPMETRICS_KEEP: '600' } });
    const { name } = shop;
    t.regex(
      (await cli(['ls'])).out,
      new RegExp(`^${name} +${name} +4 +\\d+ +\\S+ KiB +.* running$`, 'm'),
    );
    await shop.block();

    const top = new Terminal(t, command(`top ${name} --interval 0.3`), [80, 24]);
    const blocked = await top.until(/4 of 4 event loops blocked/);
    for (const pid of shop.workers) t.true(blocked.includes(String(pid)));
    t.regex(blocked, /shop_requests_total +[\d,]+/);

    const port = await freePort();
    const server = new Terminal(
      t,
      command(`serve ${name} --port ${port} --host 127.0.0.1`),
      [80, 24],
    );
    await server.until(/is at http:\/\/127\.0\.0\.1:\d+\/metrics/);
    const page = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    const requests = requestsOf(page);
    t.true(requests > 0);
    server.press('C-c');
    await server.until(/ended with 0/);

    await shop.kill();
    await top.until(/All processes of the application have ended/);
    top.press('q');
    await top.until(/ended with 0/);
    await afterDeath(t, name, requests);
  },
);

/** The heap of the application stays until it is removed. */
async function afterDeath(t: ExecutionContext, name: string, requests: number): Promise<void> {
  t.regex(
    (await cli(['ls'])).out,
    new RegExp(`^${name} .* ended, kept for (10 min|9 min .*)$`, 'm'),
  );
  const shown = await cli(['show', name]);
  t.is(shown.code, 0);
  t.is(requestsOf(shown.out), requests);
  t.regex(shown.out, /^shop_memory_bytes\{pid="\d+"\} 67108864$/m, 'the last values of gauges');
  t.regex(
    (await cli(['clean'])).out,
    new RegExp(`^kept for .* more: ${name} \\(--kept removes it\\)$`, 'm'),
  );
  t.regex(
    (await cli(['clean', '--kept', '--dry-run'])).out,
    new RegExp(`^would be removed: ${name}$`, 'm'),
  );
  const removed = JSON.parse((await cli(['clean', '--kept', '--json'])).out) as {
    removed: { name: string }[];
  };
  t.true(removed.removed.some((heap) => heap.name === name));
  t.is((await cli(['show', name])).code, 1);
}
