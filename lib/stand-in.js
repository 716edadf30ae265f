'use strict';

// The exports of mpmetrics, with a refusal that only the original clients have: that of `enableExemplars` where a registry has
// the content type of the text format. mpmetrics itself needs no content type, since each page negotiates its format.

/** The names of the classes that refuse it. */
const CLASSES = ['Counter', 'Gauge', 'Histogram', 'Summary'];

/** The exports of stand-ins, by those of mpmetrics: all stand-ins have the same ones. */
const made = new WeakMap();

/** The exports of a stand-in, from those of mpmetrics. */
module.exports = (client) => {
  if (!made.has(client)) made.set(client, standIn(client));
  return made.get(client);
};

function standIn(client) {
  const refuse = (enableExemplars, registers) => {
    const isText = ({ contentType }) => contentType === client.prometheusContentType;
    if (!enableExemplars || !(registers ?? [client.register]).some(isText)) return;
    const error = new TypeError('Exemplars are supported only on OpenMetrics registries');
    throw Object.defineProperty(error, 'code', { value: 'MPMETRICS_BAD_ARGUMENT' });
  };
  // Proxies instead of subclasses: prototypes, static methods and `instanceof` are those of mpmetrics.
  const constructed = {
    construct(target, given, subclass) {
      refuse(given[0]?.enableExemplars, given[0]?.registers);
      return Reflect.construct(target, given, subclass);
    },
  };
  const called = {
    apply(target, self, given) {
      const register = given[0]?.register;
      refuse(given[0]?.enableExemplars, register && [register]);
      return Reflect.apply(target, self, given);
    },
  };
  const classes = CLASSES.map((name) => [name, new Proxy(client[name], constructed)]);
  const collectDefaultMetrics = new Proxy(client.collectDefaultMetrics, called);
  const all = Object.defineProperties({}, Object.getOwnPropertyDescriptors(client));
  return Object.assign(all, Object.fromEntries(classes), { collectDefaultMetrics });
}
