// Views of an application with 10,000 series that all change: `top`, the events of the live page, and the page itself.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import places from '../tools/places.cjs';
import { median } from '../tools/samples.mjs';
import { atLeast, atMost, row } from '../tools/targets.mjs';
import { framesOf } from './page.mjs';

const service = fileURLToPath(new URL('service.cjs', import.meta.url));
const program = join(process.env.MPMETRICS_BENCHMARK_PACKAGE ?? places.root, 'dist/src/cli/cli.js');
/** The numbers of families that share the series. */
const FAMILIES = [100, 1];
/** The time of each measurement, in milliseconds. */
const TIME = 15_000;
/** A tick of the kernel's processor times, in milliseconds. */
const TICK = 10;

export const title = 'live: views of 10,000 series that all change twice a second';

/** Measures, and returns the rows. */
export default async function live({ rounds = 3 } = {}) {
  const rows = [];
  for (const families of FAMILIES) {
    const samples = [];
    for (let round = 0; round < rounds; round += 1) samples.push(await sample(families));
    rows.push(...rowsOf(families, samples));
  }
  return rows;
}

function rowsOf(families, samples) {
  const of = (name) => ({ mpmetrics: median(samples.map((each) => each[name])) });
  const where = families === 1 ? 'one metric' : `${families} metrics`;
  const unit = '% of a core';
  return [
    row(`\`mpmetrics top\`, ${where}`, unit, of('top'), atMost(3)),
    row('the stream of the page, all open metrics in sight', unit, of('open'), atMost(5)),
    row('… without an open page', unit, of('closed'), atMost(0.5)),
    ...['rest', 'scrolling'].flatMap((state) => [
      row(`the page, ${state}`, 'frames/s', of(`${state} frames`), atLeast(50)),
      row('… its main thread', unit, of(`${state} share`)),
      row('… frames with at most 20 ms of its work', '%', of(`${state} short`), atLeast(95)),
    ]),
  ];
}

async function sample(families) {
  const name = `live-${process.pid}`;
  const environment = { ...process.env, MPMETRICS_NAME: name };
  const application = spawn(process.execPath, [service, families], {
    env: environment,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(application.stdout, 'data');
  // A server from outside does nothing else, so its processor time is that of the stream.
  const server = spawn(process.execPath, [program, 'serve', name, '--port', '0', '--json'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = await once(createInterface(server.stdout), 'line');
  const { port } = JSON.parse(line);
  try {
    const top = await topShare(name);
    const closed = await share(server.pid, async () => sleep(TIME));
    const open = await share(server.pid, async () => streamed(port, families));
    return { top, closed, open, ...(await framesOf(`http://127.0.0.1:${port}/`)) };
  } finally {
    server.kill();
    application.kill();
  }
}

/** The share of a core that `top` takes in a terminal. */
async function topShare(name) {
  const command = `exec "${process.execPath}" "${program}" top ${name}`;
  const terminal = spawn('script', ['-qfec', command, '/dev/null'], { stdio: 'ignore' });
  await sleep(TIME / 3);
  const pid = execFileSync('pgrep', ['-P', String(terminal.pid)], { encoding: 'utf8' }).trim();
  const taken = await share(pid, async () => sleep(TIME));
  process.kill(Number(pid));
  return taken;
}

/** The share of a core that a process takes meanwhile. */
async function share(pid, meanwhile) {
  const began = [processorTime(pid), performance.now()];
  await meanwhile();
  return (100 * (processorTime(pid) - began[0])) / (performance.now() - began[1]);
}

function processorTime(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
  return (Number(fields[11]) + Number(fields[12])) * TICK;
}

/** Receives the events of a page that shows as many further metrics as it may ask for. */
async function streamed(port, families) {
  const names = Array.from({ length: Math.min(40, families) }, (_, index) =>
    nameOf(Math.max(0, families - 40) + index),
  );
  const query = new URLSearchParams(names.map((name) => ['name[]', name]));
  const headers = { accept: 'text/event-stream' };
  const asked = request({ host: '127.0.0.1', port, path: `/events?${query}`, headers });
  asked.end();
  const [response] = await once(asked, 'response');
  response.resume();
  await sleep(TIME);
  asked.destroy();
}

/** The name of a metric, as the service makes it. */
function nameOf(family) {
  const end = ['_total', '_total', '_total', '', '_seconds'][family % 5];
  return `things_${String(family).padStart(3, '0')}${end}`;
}
