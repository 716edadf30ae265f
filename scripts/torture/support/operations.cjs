// The operations of a writer until it dies: all that JavaScript stores itself. `prepare` creates the metrics, `act`
// stores.

const labels = { l: 'x' };
const labelNames = ['l'];
const help = 'help';

// Without registers, the default registry.
const counter = ({ Counter, registers }) => new Counter({ name: 'c', help, labelNames, registers });
const gauge = ({ Gauge, registers }) => new Gauge({ name: 'g', help, labelNames, registers });
const histogram = ({ Histogram, registers }, exemplars) =>
  new Histogram({ name: 'h', help, labelNames, registers, buckets: [0.1, 1], ...exemplars });
const summary = ({ Summary, registers }, windows) =>
  new Summary({ name: 's', help, labelNames, registers, percentiles: [0.5], ...windows });

/** Two windows of ten minutes each, so that a test meets no turn by chance. */
const windows = { maxAgeSeconds: 1200, ageBuckets: 2 };

/** A metric of one more registry is another family, and the values move to it. */
const move = {
  prepare: (mpmetrics) => {
    const metrics = [summary(mpmetrics), histogram(mpmetrics)];
    for (let turn = 0; turn < 80; turn += 1) metrics[0].labels(labels).observe(0.5);
    metrics[1].labels(labels).observe(0.5);
    return metrics;
  },
  act: (metrics, { Registry }) => {
    const other = new Registry({ name: 'other' });
    for (const metric of metrics) other.registerMetric(metric);
  },
};

module.exports = {
  // The first store into a heap checks that JavaScript can store into it.
  attach: {
    prepare: () => undefined,
    act: (_, mpmetrics) => counter(mpmetrics).labels(labels).inc(),
  },
  count: {
    prepare: (mpmetrics) => counter(mpmetrics).labels(labels),
    act: (child) => child.inc(),
  },
  set: {
    prepare: (mpmetrics) => gauge(mpmetrics).labels(labels),
    act: (child) => {
      child.set(2);
      child.inc(1);
    },
  },
  observe: {
    prepare: (mpmetrics) => histogram(mpmetrics).labels(labels),
    act: (child) => {
      child.observe(0.5);
      child.observe(0.5);
    },
  },
  observeSparsely: {
    prepare: (mpmetrics) => {
      const child = histogram(mpmetrics, { native: true }).labels(labels);
      child.observe(0.5);
      return child;
    },
    act: (child) => {
      for (let turn = 0; turn < 2; turn += 1) child.observe(0.5);
    },
  },
  exemplify: {
    prepare: (mpmetrics) => {
      mpmetrics.register.setContentType(mpmetrics.Registry.OPENMETRICS_CONTENT_TYPE);
      return histogram(mpmetrics, { enableExemplars: true });
    },
    act: (metric) => {
      // The last one has several labels, and letters that are encoded.
      for (const exemplarLabels of [{ trace: 'a' }, { trace: 'bb', name: '"é' }]) {
        metric.observe({ labels, value: 0.5, exemplarLabels });
      }
    },
  },
  // First exact values, then bins, which the 33rd value creates.
  summarize: {
    prepare: (mpmetrics) => summary(mpmetrics).labels(labels),
    act: (child) => {
      for (let turn = 0; turn < 36; turn += 1) child.observe(0.5);
    },
  },
  turn: {
    prepare: (mpmetrics) => summary(mpmetrics, windows).labels(labels),
    act: (child) => {
      for (let turn = 0; turn < 3; turn += 1) child.observe(0.5);
    },
  },
  // The limit is one series, so the second one counts in the overflow series.
  overflow: {
    environment: { MPMETRICS_SERIES_LIMIT: '1' },
    prepare: (mpmetrics) => {
      const { Histogram, registers } = mpmetrics;
      const sparse = { name: 'n', help, labelNames, registers, buckets: [0.1, 1], native: true };
      const metrics = [histogram(mpmetrics), new Histogram(sparse), summary(mpmetrics)];
      for (const metric of metrics) metric.observe(labels, 0.5);
      const counted = counter(mpmetrics);
      counted.inc(labels);
      return [counted, ...metrics];
    },
    act: ([counted, ...metrics]) => {
      for (let turn = 0; turn < 2; turn += 1) {
        counted.inc({ l: 'y' });
        for (const metric of metrics) metric.observe({ l: 'y' }, 0.5);
      }
    },
  },
  move,
  // In the native tier, JavaScript only fills the bins of a share that moves. Until the share has arrived, its sum is
  // that of the bins.
  moveNatively: { ...move, tier: 'native', isRounded: true },
};
