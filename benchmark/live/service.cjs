// An application with 10,000 series, all of which change twice a second (argument: the number of families).
const { load } = require('../tools/places.cjs');

const { Counter, Gauge, Histogram } = load('mpmetrics');

const SERIES = 10_000;
const families = Number(process.argv[2]);
const labelNames = ['route'];
const updates = Array.from({ length: families }, (_, family) => {
  const name = `things_${String(family).padStart(3, '0')}`;
  if (family % 5 === 4) {
    const seconds = new Histogram({ name: `${name}_seconds`, help: 'Time of things', labelNames });
    return (labels) => seconds.observe(labels, Math.random());
  }
  if (family % 5 === 3) {
    const gauge = new Gauge({ name, help: 'Things now', labelNames });
    return (labels) => gauge.set(labels, Math.random());
  }
  const counter = new Counter({ name: `${name}_total`, help: 'Things done', labelNames });
  return (labels) => counter.inc(labels, Math.floor(10 * Math.random()));
});
const routes = Array.from({ length: SERIES / families }, (_, index) => ({
  route: `/items/${index}`,
}));

function work() {
  for (const update of updates) for (const labels of routes) update(labels);
}

work();
setInterval(work, 500);
console.log('ready');
