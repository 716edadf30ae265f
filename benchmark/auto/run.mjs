// The CPU time of a request with `mpmetrics/auto`, and with what others offer, against the same service with nothing.
import { fork } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { must, say } from '../../scripts/run.mjs';
import libraryPlaces from '../tools/places.cjs';
import { median } from '../tools/samples.mjs';
import { atMost, row } from '../tools/targets.mjs';
import { request } from './load.mjs';
import places from './places.cjs';

const program = fileURLToPath(new URL('service.cjs', import.meta.url));
const auto = join(
  process.env.MPMETRICS_BENCHMARK_PACKAGE || libraryPlaces.root,
  'dist/src/auto/import.mjs',
);
const US = 'mpmetrics';
const BARE = 'nothing';
const BUNDLE = 'express-prom-bundle';
const OTEL = 'OpenTelemetry';
/** A row of percent beyond which a service is not measured any more, but slowed down. */
const MOST = 3;
const WARM_UP = 10_000;
/** Each pair of processes gets requests in turn, in batches that are too short for the machine's mood to change. */
const BATCHES = 30;
const BATCH = 500;

/** The start of each contestant: arguments of Node.js, the environment, and instrumentation in the code. */
const CONTESTANTS = {
  [BARE]: {},
  [US]: { args: ['--import', auto], environment: { MPMETRICS_PORT: '0' } },
  [OTEL]: {
    args: ['--require', '@opentelemetry/auto-instrumentations-node/register'],
    environment: {
      OTEL_TRACES_EXPORTER: 'none',
      OTEL_LOGS_EXPORTER: 'none',
      OTEL_METRICS_EXPORTER: 'prometheus',
      OTEL_EXPORTER_PROMETHEUS_PORT: '0',
    },
  },
  [BUNDLE]: { code: BUNDLE },
};

const KINDS = { http: 'node:http', express: 'Express', fastify: 'Fastify' };

export const title =
  'auto: the CPU time of a request, measured without a line of code, against the same service with nothing';

/** Measures, and returns the rows: the added CPU time in percent, as the median of alternating pairs. */
export default async function measure({ rounds = 15, quick = false } = {}) {
  await install();
  const rows = [];
  for (const [kind, name] of Object.entries(KINDS)) {
    const others = Object.keys(CONTESTANTS).filter(
      (contestant) => contestant !== BARE && (contestant !== BUNDLE || kind === 'express'),
    );
    const times = { [BARE]: [] };
    const added = Object.fromEntries(others.map((contestant) => [contestant, []]));
    for (let round = 0; round < rounds; round += 1) {
      for (const contestant of others) {
        const pair = await timesOf(kind, [BARE, contestant], quick ? 10 : 1);
        times[BARE].push(median(pair.map(([bare]) => bare)));
        added[contestant].push(100 * (median(pair.map(([bare, other]) => other / bare)) - 1));
      }
    }
    const bare = { [BARE]: median(times[BARE]) };
    rows.push(row(`${name}: a request with nothing`, 'µs', bare));
    const middle = mapped(added, (each) => interval(each).middle);
    rows.push(row('… more CPU time a request', '%', middle, atMost(MOST)));
    rows.push(
      row(
        '… half of the 95 % interval',
        '%',
        mapped(added, (each) => interval(each).half),
      ),
    );
  }
  return rows;
}

/** The microseconds of CPU time that a request takes in fresh processes of those, batch by batch. */
async function timesOf(kind, contestants, divisor) {
  const services = [];
  for (const contestant of contestants) services.push(await Service.start(kind, contestant));
  for (const service of services) await request(service.port, WARM_UP / divisor);
  const times = [];
  for (let batch = 0; batch < BATCHES / divisor; batch += 1) {
    const time = services.map(() => 0);
    // Now one first, now the other.
    const order = [...services.keys()];
    for (const index of batch % 2 === 0 ? order : order.toReversed()) {
      time[index] = await services[index].timeOf(BATCH);
    }
    times.push(time);
  }
  for (const service of services) service.end();
  return times;
}

/** A process that is measured. */
class Service {
  static async start(kind, contestant) {
    const { args = [], environment = {}, code = '' } = CONTESTANTS[contestant];
    const { MPMETRICS: _mode, ...env } = process.env;
    const service = new Service();
    service.process = fork(program, [kind, code], {
      cwd: places.folder,
      execArgv: args,
      env: { ...env, NODE_NO_WARNINGS: '1', NODE_ENV: 'production', ...environment },
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    service.port = (await service.#heard()).port;
    return service;
  }

  /** The microseconds of CPU time that one of so many requests takes. */
  async timeOf(count) {
    const before = await this.#cpu();
    await request(this.port, count);
    return ((await this.#cpu()) - before) / count;
  }

  end() {
    this.process.kill('SIGKILL');
  }

  async #cpu() {
    this.process.send('cpu');
    const { cpu } = await this.#heard();
    return cpu.user + cpu.system;
  }

  async #heard() {
    return (await once(this.process, 'message'))[0];
  }
}

/** The mean of some numbers, and half of the interval in which it is with 95 % (by Student's t). */
function interval(numbers) {
  const count = numbers.length;
  const middle = numbers.reduce((sum, number) => sum + number, 0) / count;
  const variance = numbers.reduce((sum, number) => sum + (number - middle) ** 2, 0) / (count - 1);
  return { middle, half: studentsT(count - 1) * Math.sqrt(variance / count) };
}

/** The 97.5 % quantile for so many degrees of freedom, to three digits from 5 on. */
function studentsT(freedom) {
  const z = 1.959964;
  return (
    z + (z ** 3 + z) / (4 * freedom) + (5 * z ** 5 + 16 * z ** 3 + 3 * z) / (96 * freedom ** 2)
  );
}

function mapped(object, change) {
  return Object.fromEntries(Object.entries(object).map(([name, value]) => [name, change(value)]));
}

async function install() {
  const installed = join(places.folder, 'node_modules', '.package-lock.json');
  const lock = join(places.folder, 'package-lock.json');
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(lock).mtimeMs) return;
  say('Installing what to compare with (npm ci in benchmark/auto/rivals)');
  await must('npm', ['ci', '--no-audit', '--no-fund'], { cwd: places.folder, quiet: true });
}
