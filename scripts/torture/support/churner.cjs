// A process or thread that starts, counts, and leaves.
const { Counter, Gauge, Histogram } = require('mpmetrics');

new Counter({ name: 'churned_total', help: 'H' }).inc();
new Histogram({ name: 'quarters', help: 'H' }).observe(0.25);
new Gauge({ name: 'present', help: 'H' }).set(1);
// A forked process has a channel, which would keep it alive.
process.disconnect?.();
