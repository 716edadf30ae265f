// Every metric, in registries of every kind. Each importer updates all of them with its own number.
import { Counter, Enum, Gauge, Histogram, Info, register, Registry, Summary } from 'mpmetrics';

const contentType = Registry.OPENMETRICS_CONTENT_TYPE;
register.setContentType(contentType);

/** A place in the code that runs twice. */
const ownRegistry = () => new Registry(contentType);

/** A registry of each kind, by name. */
export const registries = {
  global: register,
  named: new Registry({ name: 'named', contentType }),
  unnamed: new Registry(contentType),
  own: ownRegistry(),
  'own again': ownRegistry(),
};

/** The aggregators of gauges. */
export const AGGREGATORS = ['sum', 'min', 'max', 'average', 'first', 'omit', 'shared', 'all'];

const metrics = Object.values(registries).map((registry) => {
  const common = { help: 'H', registers: [registry] };
  const enableExemplars = true;
  return {
    counter: new Counter({ name: 'counter', labelNames: ['x'], enableExemplars, ...common }),
    gauges: AGGREGATORS.map(
      (aggregator) => new Gauge({ name: `gauge_${aggregator}`, aggregator, ...common }),
    ),
    histogram: new Histogram({ name: 'histogram', buckets: [1, 2], enableExemplars, ...common }),
    summary: new Summary({ name: 'summary', percentiles: [0.5], ...common }),
    recent: new Summary({
      name: 'recent',
      percentiles: [0.5],
      maxAgeSeconds: 600,
      ageBuckets: 5,
      ...common,
    }),
    info: new Info({ name: 'build', ...common }),
    state: new Enum({ name: 'task', states: ['a', 'b', 'c'], ...common }),
    collected: new Gauge({
      name: 'collected',
      ...common,
      collect() {
        this.set(who);
      },
    }),
  };
});

/** The number of this process or thread: 1, 2 or 3. */
let who = 0;

/** Updates each metric, in each registry. */
export function update(number) {
  who = number;
  for (const { counter, gauges, histogram, summary, recent, info, state } of metrics) {
    const exemplarLabels = { trace_id: `trace ${who}` };
    counter.inc({ labels: { x: 'a' }, value: who, exemplarLabels });
    for (const gauge of gauges) gauge.set(who);
    histogram.observe({ value: who, exemplarLabels });
    summary.observe(who);
    recent.observe(who);
    info.info({ said_by: who });
    state.state('abc'[who - 1]);
  }
}
