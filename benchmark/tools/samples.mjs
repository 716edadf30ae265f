// Samples that clients take in turn, each in its own process, and their medians.
import { execFile } from 'node:child_process';

let heaps = 0;

/**
 * Runs a program that prints one line of JSON, and returns the value. The program has its own heap unless `heap` names
 * one. A failing program gives `{ error }`, because the benchmark continues with the other clients.
 */
export function sample(node, args, { heap, environment = {}, timeout = 300_000 } = {}) {
  heaps += 1;
  const name = heap ?? `bench-${process.pid}-${heaps}`;
  const env = { ...process.env, NODE_NO_WARNINGS: '1', MPMETRICS_NAME: name, ...environment };
  return new Promise((resolve) => {
    execFile(node, args, { env, timeout, maxBuffer: 1 << 28 }, (error, stdout, stderr) => {
      const line = stdout.trim().split('\n').at(-1);
      if (!error && line) return resolve(JSON.parse(line));
      const said = (stderr || String(error)).trim().split('\n');
      return resolve({ error: said.find((text) => /error/i.test(text)) ?? said.at(-1) });
    });
  });
}

/**
 * Takes a sample of each client in turn, `rounds` times, beginning with another client each time. A disturbance of the
 * machine then affects all clients.
 *
 * @param {Record<string, () => Promise<object>>} contestants takes a sample of each client
 * @returns {Promise<Record<string, object[]>>} the samples of each, without those that failed
 */
export async function alternate(contestants, rounds) {
  const names = Object.keys(contestants);
  const samples = Object.fromEntries(names.map((name) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (let turn = 0; turn < names.length; turn += 1) {
      const name = names[(round + turn) % names.length];
      const taken = await contestants[name]();
      if (taken.error === undefined) samples[name].push(taken);
      else report(name, taken.error);
    }
  }
  return samples;
}

const reported = new Set();

function report(name, error) {
  const text = `  ${name}: ${error}\n`;
  if (!reported.has(text)) process.stderr.write(text);
  reported.add(text);
}

/** The middle one of some numbers, `undefined` for none. */
export function median(numbers) {
  const sorted = numbers.toSorted((first, second) => first - second);
  const middle = sorted.length >> 1;
  return sorted.length % 2 || !sorted.length
    ? sorted[middle]
    : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** The median of one measurement for each client. */
export function medians(samples, key) {
  const entries = Object.entries(samples);
  return Object.fromEntries(
    entries.map(([name, taken]) => [name, median(taken.map((one) => one[key]).filter(isNumber))]),
  );
}

function isNumber(value) {
  return typeof value === 'number' && Number.isFinite(value);
}
