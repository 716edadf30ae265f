// One that comes, counts, and leaves.
const { Counter, Gauge, Histogram } = require('mpmetrics');

new Counter({ name: 'churned_total', help: 'H' }).inc();
new Histogram({ name: 'quarters', help: 'H' }).observe(0.25);
new Gauge({ name: 'present', help: 'H' }).set(1);
// A process that was forked has a channel, which would keep it.
process.disconnect?.();
