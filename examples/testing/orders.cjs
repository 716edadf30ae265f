// A module that counts, for the test of Jest beside it.
const { Counter } = require('mpmetrics');

const orders = new Counter({ name: 'orders_total', help: 'Orders', labelNames: ['kind'] });

exports.order = (kind) => orders.inc({ kind });
