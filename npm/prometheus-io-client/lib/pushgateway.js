'use strict';

// This client gives `http.request` the address as a URL, with the query that it has.

const shared = require('./shared');

class Pushgateway extends shared.Pushgateway {}
Object.defineProperty(Pushgateway.prototype, Symbol.for('mpmetrics.pushgateway-by-url'), {
  value: true,
});

module.exports = Pushgateway;
