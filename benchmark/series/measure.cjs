// New series, one by one (arguments: client, number of existing series). Prints the median nanoseconds of one.
const { load } = require('../tools/places.cjs');

const MEASURED = 20_000;
const [client, before] = process.argv.slice(2);
const metrics = load(client);
const labelNames = ['shard', 'thing'];
/** Keeps each family below the limit of series. */
const FAMILIES = 20;
const counters = Array.from(
  { length: FAMILIES },
  (_, family) =>
    new metrics.Counter({ name: `things_${family}_total`, help: 'Things', labelNames }),
);

function make(index) {
  counters[index % FAMILIES].inc({ shard: `shard-${index % 4}`, thing: `thing-${index}` });
}

for (let index = 0; index < Number(before); index += 1) make(index);
globalThis.gc?.();
const times = new Float64Array(MEASURED);
const overall = process.hrtime.bigint();
for (let index = 0; index < MEASURED; index += 1) {
  const start = process.hrtime.bigint();
  make(Number(before) + index);
  times[index] = Number(process.hrtime.bigint() - start);
}
const mean = Number(process.hrtime.bigint() - overall) / MEASURED;
times.sort();
const at = (share) => times[Math.floor(share * (MEASURED - 1))];
console.log(JSON.stringify({ median: at(0.5) / 1000, p99: at(0.99) / 1000, mean: mean / 1000 }));
process.exit();
