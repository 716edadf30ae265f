// One kind of update beside an unused feature (arguments: update, feature). Prints the nanoseconds of a call.
const { load } = require('../tools/places.cjs');
const { METHODS, CODES } = require('../updates/cases.cjs');
const metrics = load('mpmetrics');

const CALLS = 20_000;
const WARM_UP = 300;
const BATCHES = 600;
const [update, feature] = process.argv.slice(2);
const help = 'Measured';

/** Uses a feature once between two batches, by other metrics. */
const FEATURES = {
  nothing: () => () => undefined,
  removal() {
    const others = new metrics.Counter({ name: 'others_total', help, labelNames: ['x'] });
    let number = 0;
    return () => {
      others.inc({ x: number });
      others.remove({ x: number });
      number += 1;
    };
  },
  collectors() {
    new metrics.Gauge({
      name: 'collected',
      help,
      collect() {
        this.set(process.uptime());
      },
    });
    return () => metrics.register.getSingleMetricAsString('collected');
  },
  exemplars() {
    // Exemplars need a registry of OpenMetrics.
    const registry = new metrics.Registry(metrics.Registry.OPENMETRICS_CONTENT_TYPE);
    const others = new metrics.Counter({
      name: 'others_total',
      help,
      enableExemplars: true,
      registers: [registry],
    });
    return () => others.inc({ value: 1, exemplarLabels: { trace: 'abc' } });
  },
  defaults() {
    metrics.register.setDefaultLabels({ app: 'measured' });
    return () => undefined;
  },
};

const UPDATES = {
  inc() {
    const counter = new metrics.Counter({ name: 'measured_total', help });
    return () => {
      for (let i = 0; i < CALLS; i += 1) counter.inc();
    };
  },
  incLabels() {
    const labelNames = ['method', 'code'];
    const counter = new metrics.Counter({ name: 'measured_total', help, labelNames });
    return () => {
      for (let i = 0; i < CALLS; i += 1) {
        counter.inc({ method: METHODS[i & 15], code: CODES[(i * 5 + (i >> 4)) & 15] });
      }
    };
  },
};

async function main() {
  const use = FEATURES[feature]();
  const batch = UPDATES[update]();
  const times = [];
  for (let turn = 0; turn < WARM_UP + BATCHES; turn += 1) {
    await use();
    const start = process.hrtime.bigint();
    batch();
    times.push(Number(process.hrtime.bigint() - start) / CALLS);
  }
  const measured = times.slice(WARM_UP).toSorted((first, second) => first - second);
  // Not the median: a busy machine disturbs one of two equal programs, which is no cost of a feature.
  console.log(JSON.stringify({ nanoseconds: measured[BATCHES / 10] }));
  process.exit();
}

void main();
