// One kind of update by one client (arguments: client, case). Prints the nanoseconds of a call, as JSON.
const { load } = require('../tools/places.cjs');
const { casesOf } = require('./cases.cjs');

const WARM_UP = 200e6;
const BATCH = 2e6;
const BATCHES = 61;

const [client, name] = process.argv.slice(2);
const prepare = casesOf(client, load)[name];
if (prepare === undefined) throw new Error(`error: ${client} has no ${name}`);

/** The nanoseconds of the given number of calls. */
async function timed(batch, calls) {
  const start = process.hrtime.bigint();
  const pending = batch(calls);
  if (pending !== undefined) await pending;
  return Number(process.hrtime.bigint() - start);
}

/** The number of calls in a batch, after the code is compiled. */
async function warmedUp(batch) {
  let calls = 100;
  for (let spent = 0, last = 0; spent < WARM_UP; spent += last) {
    last = await timed(batch, calls);
    calls = Math.max(100, Math.min(4 * calls, Math.round((calls * BATCH) / Math.max(last, 1))));
  }
  return calls;
}

/** The sorted times of a call, for each of the batches, which take turns. */
async function measured(batches) {
  const calls = [];
  for (const batch of batches) calls.push(await warmedUp(batch));
  globalThis.gc?.();
  const times = batches.map(() => []);
  for (let turn = 0; turn < BATCHES; turn += 1) {
    for (const [index, batch] of batches.entries()) {
      times[index].push((await timed(batch, calls[index])) / calls[index]);
    }
  }
  return times.map((all) => all.toSorted((first, second) => first - second));
}

async function main() {
  // A case is a batch, or two batches: then the second one is subtracted from the first.
  const times = await measured([prepare()].flat());
  const of = (share) => {
    const [own, bare = 0] = times.map((all) => all[Math.floor(share * (BATCHES - 1))]);
    return own - bare;
  };
  // The second number is less affected by other work on the machine.
  console.log(JSON.stringify({ nanoseconds: of(0.5), undisturbed: of(0.05) }));
  process.exit();
}

void main();
