// Plays the scenario with one library and prints what was seen, with every clock stopped: the two runs must agree to
// the byte.
import { createRequire } from 'node:module';
import { play } from './scenario';

Date.now = () => 1_700_000_000_123;
let ticks = 0;
process.hrtime = Object.assign((start?: [number, number]): [number, number] => {
  if (start) return [0, 250_000_000];
  ticks += 1;
  return [ticks, 0];
}, process.hrtime);

const [library = ''] = process.argv.slice(2);
const require = createRequire(import.meta.url);
const client = require(library === 'mpmetrics' ? '../../dist/index.js' : library);
process.stdout.write(JSON.stringify(await play(client)), () => process.exit());
