// Values of several distributions, the same at each run.

/** Numbers between 0 and 1: mulberry32. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A number of the normal distribution, from two numbers between 0 and 1. */
function normal(next: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
}

/** The distributions, by their names. */
export const DISTRIBUTIONS: Record<string, (next: () => number) => number> = {
  uniform: (next) => next(),
  'log-normal': (next) => Math.exp(normal(next)),
  Pareto: (next) => (1 - next()) ** (-1 / 1.5),
  bimodal: (next) => Math.exp(0.3 * normal(next) + (next() < 0.7 ? -5 : 2)),
  negative: (next) => -Math.exp(normal(next)),
};

/** So many values of a distribution. */
export function valuesOf(name: string, count: number): number[] {
  const draw = DISTRIBUTIONS[name];
  if (draw === undefined) throw new Error(`There is no distribution ${name}.`);
  const next = random(name.length);
  return Array.from({ length: count }, () => draw(next));
}
