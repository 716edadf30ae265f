// A writer: updates every metric of the table, turn by turn.
import { openSync, writeSync } from 'node:fs';
import { setImmediate as pause } from 'node:timers/promises';
import * as client from 'mpmetrics';
import { carelessly } from './careless.cjs';
import { METRICS } from './metrics.mjs';

/** Turns between two pauses, in which orders arrive. */
const SLICE = 1000;
/** Observations without acknowledgement, before each turn with acknowledgements. */
const BURST = 200;

let made;

/** The metrics of this isolate, created at the first use. */
export function metrics() {
  made ??= METRICS.map(({ make, update }) => ({ metric: make(client), update }));
  return made;
}

/** Makes that many updates of each metric. */
export async function write({ writer, updates }) {
  const all = metrics();
  for (let turn = 0; turn < updates; turn += 1) {
    for (const { update, metric } of all) update(metric, turn, writer);
    if (turn % SLICE === SLICE - 1) await pause();
  }
}

/**
 * Updates until it is stopped or killed, and acknowledges each update by the number of updates in a file.
 *
 * Most of the time goes into a histogram that observes only 0.25 at full speed, so most kills fall into one of its
 * updates.
 */
export async function writeUntil(isStopped, { writer, acknowledgements, row, onStart }) {
  const all = metrics();
  const quarters = new client.Histogram({ name: 'quarters_in_bursts', help: 'Nothing but 0.25' });
  const file = openSync(acknowledgements, 'r+');
  const acknowledged = new Float64Array(1);
  for (let turn = 0; !isStopped(); turn += 1) {
    for (let burst = 0; burst < BURST; burst += 1) quarters.observe(0.25);
    for (const { update, metric } of all) {
      update(metric, turn, writer);
      acknowledged[0] += 1;
      writeSync(file, acknowledged, 0, 8, 8 * row);
    }
    if (turn === 0) onStart();
    if (turn % 10 === 9) await pause();
  }
}

/** Observes without a protocol until it is stopped. */
export async function writeCarelessly(isStopped) {
  const quarters = new client.Histogram({ name: 'quarters', help: 'Nothing but 0.25' });
  quarters.observe(0.25);
  const observe = carelessly(quarters);
  while (!isStopped()) {
    for (let turn = 0; turn < 10 * SLICE; turn += 1) observe();
    await pause();
  }
}
