// Values of many kinds, the same ones each time. The quantiles of a summary are compared with the true ones.

/** Makes a value from random numbers between 0 and 1. */
export const DISTRIBUTIONS = {
  uniform: (random) => random(),
  'log-normal': (random) => Math.exp(2 * normal(random)),
  Pareto: (random) => (1 - random()) ** (-1 / 1.2),
  bimodal: (random) => (random() < 0.5 ? 10 : 1000) + normal(random),
  constant: () => 42,
  negative: (random) => -Math.exp(normal(random)),
  zero: () => 0,
  mixed: (random) => {
    const kind = random();
    if (kind < 0.2) return 0;
    return (kind < 0.5 ? -1 : 1) * Math.exp(6 * normal(random));
  },
};

/** The values of one writer. */
export function* valuesOf(distribution, writer, count) {
  const random = generator(writer + 1);
  const value = DISTRIBUTIONS[distribution];
  for (let index = 0; index < count; index += 1) yield value(random);
}

function normal(random) {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** Mulberry32: small, and good enough for tests. */
function generator(seed) {
  let state = seed * 0x9e3779b9;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
