// The core beside other Rust clients, and Go's client if Go is installed. Each scenario runs in its own process. The
// crate is not part of the workspace, so the lock files of the package do not contain its rivals.
import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { must } from '../../scripts/run.mjs';
import places from '../tools/places.cjs';
import { alternate, medians, sample } from '../tools/samples.mjs';
import { atMost, faster, row, within } from '../tools/targets.mjs';

const folder = fileURLToPath(new URL('.', import.meta.url));
const goFolder = fileURLToPath(new URL('../go', import.meta.url));
const GO = 'client_golang';
const CLIENTS = ['mpmetrics', 'measured', 'prometheus', 'prometheus-client', 'metrics'];
const MILLION = 1e6;
const THOUSAND = 1e3;

/** The scenarios: name, unit, its nanoseconds, targets. */
const ROWS = [
  ['inc', 'held counter', 'ns', 1],
  ['labels', 'counter by the values of 2 labels', 'ns', 1],
  ['observe', 'histogram, 11 buckets', 'ns', 1],
  ['series', 'a new series', 'µs', THOUSAND],
  ['scrape', 'text of 50k counters and 5k histograms', 'ms', MILLION],
];

export const title = 'rust: the core beside other clients of Rust and Go, one thread';

/** Measures, and returns the rows. */
export default async function rust({ rounds = 3 } = {}) {
  const program = await build();
  const go = await buildGo();
  const of = async (scenario, clients) => {
    const take = (client) => () => sample(program, [client, scenario]);
    const contestants = Object.fromEntries(clients.map((client) => [client, take(client)]));
    if (go && clients.length > 1) contestants[GO] = () => sample(go, [scenario]);
    return medians(await alternate(contestants, rounds), 'nanoseconds');
  };
  const scale = (values, factor) =>
    Object.fromEntries(Object.entries(values).map(([name, value]) => [name, value / factor]));
  const rows = [];
  for (const [scenario, what, unit, factor] of ROWS) {
    rows.push(row(what, unit, scale(await of(scenario, CLIENTS), factor)));
  }
  // The rivals read and write in one step: their whole time stands beside our writing.
  const whole = rows.at(-1).values;
  const { mpmetrics } = scale(await of('encode', ['mpmetrics']), MILLION);
  const targets = [within(2, 'measured'), faster(1, 'prometheus'), faster(1, 'prometheus-client')];
  rows.push(row('… ours without reading the cells', 'ms', { ...whole, mpmetrics }, ...targets));
  const protobuf = scale(await of('protobuf', ['mpmetrics']), MILLION);
  rows.push(row('… ours by protobuf', 'ms', protobuf));
  const ratio = { mpmetrics: protobuf.mpmetrics / whole.mpmetrics };
  rows.push(row('… by protobuf, against the text', '×', ratio, atMost(1.3)));
  return rows;
}

/** Builds the program, and returns its path. */
export async function build() {
  const manifest = ['--manifest-path', `${folder}Cargo.toml`];
  await must('cargo', ['build', '--quiet', '--release', '--locked', ...manifest], { quiet: true });
  const metadata = execFileSync(
    'cargo',
    ['metadata', '--format-version', '1', '--no-deps', ...manifest],
    { encoding: 'utf8' },
  );
  return `${JSON.parse(metadata).target_directory}/release/mpmetrics-rivals`;
}

/** The same for Go, or nothing without Go. */
async function buildGo() {
  if (spawnSync('go', ['version']).status !== 0) return undefined;
  const program = join(places.root, 'build', 'benchmark', 'go');
  await must('go', ['build', '-o', program, '.'], { cwd: goFolder, quiet: true });
  return program;
}
