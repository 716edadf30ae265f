// `npm run demo`: a cluster web service under load. Its metrics stay correct when workers are blocked or killed.
//   npm run demo                            until Ctrl-C; prints the addresses to open
//   npm run demo -- --seconds 10            blocks a worker for two seconds, kills another half-way, and checks
//   npm run demo -- --seconds 10 --json     the same, with one line of JSON as its last line
//   npm run demo -- --seconds 10 --break    the same with unsynchronised updates, which the check must detect
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { total } from '../examples/demo/exposition.mjs';
import { Watcher } from '../examples/demo/watch.mjs';
import { main, Refusal, root, say } from './run.mjs';
import { setup } from './setup.mjs';

const CLIENTS = 32;
const BLOCKED_MILLISECONDS = 2000;

await main(async () => {
  const options = readOptions();
  await setup({ quiet: options.json });
  const demo = await start(options);
  try {
    if (options.seconds > 0) await bounded(demo, options);
    else await unbounded(demo);
  } finally {
    demo.service.disconnect();
    demo.clients?.kill();
  }
});

function readOptions() {
  let values;
  try {
    ({ values } = parseArgs({
      options: {
        seconds: { type: 'string', default: '0' },
        json: { type: 'boolean', default: false },
        break: { type: 'boolean', default: false },
      },
    }));
  } catch (error) {
    throw new Refusal(error.message);
  }
  const seconds = Number(values.seconds);
  const hasEnd = values.json || values.break || values.seconds !== '0';
  if (hasEnd && !(seconds >= 5)) throw new Refusal('--seconds takes a number of at least 5.');
  return { seconds, json: values.json, broken: values.break };
}

/** Starts the service and waits until all its workers listen. */
async function start({ seconds, broken }) {
  const service = fork(join(root, 'examples/demo/service.mjs'), {
    // Bounded runs may run at the same time, so they use any free ports.
    env: {
      ...process.env,
      ...(seconds > 0 ? { SERVICE_PORT: '0', METRICS_PORT: '0' } : {}),
      ...(broken ? { DEMO_BREAK: '1', MPMETRICS_TIER: '' } : {}),
    },
    // Its output goes to standard error, because the last line of standard output is the result.
    stdio: ['ignore', 2, 2, 'ipc'],
  });
  const [first] = await Promise.race([once(service, 'message'), once(service, 'exit')]);
  if (first?.event !== 'ready')
    throw new Refusal(`The service did not start: see above (exit code ${first}).`);
  const events = [];
  service.on('message', (message) => events.push(message));
  return { service, events, urls: first };
}

function startClients(demo, seconds, pause) {
  const args = [demo.urls.service, String(CLIENTS), String(seconds), String(pause)];
  const clients = fork(join(root, 'examples/demo/clients.mjs'), args, {
    stdio: ['ignore', 'pipe', 2, 'ipc'],
  });
  demo.clients = clients;
  let output = '';
  clients.stdout.on('data', (chunk) => (output += chunk));
  return { clients, result: () => once(clients, 'close').then(() => JSON.parse(output)) };
}

/** Shows the service to a user, until Ctrl-C. */
async function unbounded(demo) {
  const { clients } = startClients(demo, 0, 100);
  let counted = { answered: 0, failed: 0 };
  clients.on('message', (message) => (counted = message));
  const watcher = new Watcher(demo.urls.metrics, 200);
  watcher.start();
  console.log(`
A web service of four processes is under load. Look at

  ${demo.urls.metrics.padEnd(40)} its metrics: one page for all processes
  ${demo.urls.service.padEnd(40)} the service itself; each answer names its process

Reload the metrics as often as you like. Then kill a worker, in another terminal:

  kill -9 $(curl -s ${demo.urls.service} | grep -o '[0-9]*')

The primary replaces it, and no total goes back. Ctrl-C ends the demo.
`);
  const status = setInterval(() => {
    const requests = total(watcher.families.get('demo_requests_total'), 'demo_requests_total');
    const deaths = demo.events.filter(({ event }) => event === 'died').length;
    console.log(
      `answered ${counted.answered}, failed ${counted.failed}, counted ${requests}; ` +
        `${watcher.scrapes} scrapes, ${watcher.inconsistent} inconsistent, ` +
        `${watcher.backwards} backwards; ${deaths} workers died`,
    );
  }, 2000);
  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
  clearInterval(status);
  // The terminal has sent the signal to the other processes too, so no last values can be requested.
  demo.service.kill();
  clients.kill();
  process.exit();
}

/** Blocks and kills workers on a schedule, watches the metrics all the time, and reports the result. */
async function bounded(demo, { seconds, json, broken }) {
  const watcher = new Watcher(demo.urls.metrics);
  watcher.start();
  const { result } = startClients(demo, seconds, 0);
  const done = result();
  say(
    `${CLIENTS} clients ask four workers for ${seconds} s, and the metrics are read all the time`,
  );
  await sleep(seconds * 200);
  say(`A worker's event loop stands still for ${BLOCKED_MILLISECONDS / 1000} s`);
  demo.service.send({ order: 'block', milliseconds: BLOCKED_MILLISECONDS });
  await sleep(seconds * 300);
  say('A worker is killed with SIGKILL');
  demo.service.send({ order: 'kill' });

  const { answered, failed } = await done;
  await watcher.stop();
  const outcome = {
    requests_answered: answered,
    requests_failed: failed,
    requests_counted: total(watcher.families.get('demo_requests_total'), 'demo_requests_total'),
    scrapes: watcher.scrapes,
    inconsistent_scrapes: watcher.inconsistent,
    counter_went_backwards: watcher.backwards,
    kills: demo.events.filter(({ event }) => event === 'died').length,
    slowest_scrape_ms: Math.round(watcher.slowest * 10) / 10,
  };
  for (const fault of watcher.faults) say(`Found: ${fault}`);
  const verdict = judge(outcome, demo, broken);
  say(verdict ?? (broken ? 'The check noticed the broken updates.' : 'All of it is right.'));
  if (verdict) process.exitCode = 1;
  console.log(json ? JSON.stringify(outcome) : outcome);
}

/** The error of a run in words, or nothing for a correct run. */
function judge(outcome, { events }, broken) {
  const unexplained = outcome.requests_counted - outcome.requests_answered;
  if (broken) {
    return outcome.inconsistent_scrapes > 0 ? undefined : 'Broken updates, and no scrape shows it.';
  }
  if (outcome.inconsistent_scrapes > 0) return 'Some scrapes were inconsistent.';
  if (outcome.counter_went_backwards > 0) return 'A counter went backwards.';
  if (unexplained < 0) return 'Requests were answered that were not counted.';
  if (unexplained > outcome.requests_failed) return 'Requests were counted that nobody made.';
  if (outcome.kills < 1) return 'No worker was killed.';
  if (!events.some(({ event }) => event === 'unblocked')) return 'No worker was blocked.';
  return undefined;
}
