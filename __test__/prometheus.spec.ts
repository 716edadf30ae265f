// A real Prometheus server scrapes the demo's service, and its values are compared with the counts of the clients.
import { execFileSync, fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { endWith, PrometheusServer, scraped } from './support/prometheus';

scraped('Prometheus counts as many requests as the clients got answers', async (t) => {
  const { MPMETRICS, ...environment } = process.env;
  const service = fork('examples/demo/service.mjs', {
    env: { ...environment, SERVICE_PORT: '0', METRICS_PORT: '0' },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  endWith(t, service);
  const [ready] = await once(service, 'message');
  const page = ready.metrics as string;

  const prometheus = await PrometheusServer.start(t, { demo: page });
  const target = new URL(page).host;
  const clients = fork('examples/demo/clients.mjs', [ready.service, '8', '4', '0'], {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  endWith(t, clients);
  let output = '';
  clients.stdout!.on('data', (chunk) => (output += chunk));
  await once(clients, 'close');
  const { answered, failed } = JSON.parse(output);
  t.log({ answered, failed });
  t.true(answered > 0);
  t.is(failed, 0);

  // One more scrape after the end of the load.
  const stopped = Date.now() / 1000;
  let requests = await prometheus.value('timestamp(demo_requests_total)');
  while (!(requests && requests > stopped)) {
    t.true(Date.now() / 1000 < stopped + 60, 'Prometheus went on scraping');
    await sleep(200);
    requests = await prometheus.value('timestamp(demo_requests_total)');
  }
  t.is(await prometheus.value('sum(demo_requests_total)'), answered);
  t.is(await prometheus.value('sum(demo_request_seconds_count)'), answered);
  t.is(await prometheus.value(`up{instance="${target}"}`), 1);
  t.is(await prometheus.value(`min_over_time(up{instance="${target}"}[1m])`), 1);
  t.is(await prometheus.value('demo_quarters_sum / demo_quarters_count'), 0.25);

  const text = await (await fetch(page)).text();
  const lint = execFileSync('promtool', ['check', 'metrics'], { input: text, encoding: 'utf8' });
  t.is(lint, '');
});
