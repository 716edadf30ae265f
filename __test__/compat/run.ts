// Plays the scenario of a library with this library, or with mpmetrics in its place, and prints the results. Every
// clock is stopped, because the two runs must agree to the byte.
import { createRequire } from 'node:module';
import { play, SCENARIOS } from './scenario';
import type { Steps } from './seeing';

Date.now = () => 1_700_000_000_123;
let ticks = 0;
process.hrtime = Object.assign((start?: [number, number]): [number, number] => {
  if (start) return [0, 250_000_000];
  ticks += 1;
  return [ticks, 0];
}, process.hrtime);
// The newer library's timers read this clock, twice each.
if (process.argv[2] === '@prometheus-io/client') performance.now = () => 250 * (ticks += 1);

const [library = '', reference = library] = process.argv.slice(2);
const require = createRequire(import.meta.url);
const client =
  library === 'mpmetrics'
    ? require('../../lib/stand-in.js')(require('../../dist/index.js'))
    : require(library);
process.stdout.write(JSON.stringify(await play(client, SCENARIOS[reference] as Steps)), () =>
  process.exit(),
);
