// The machine of a benchmark run, which every figure depends on.
import { cpus, loadavg, release, totalmem, type } from 'node:os';

/** The machine, and its load at the start of the benchmarks. */
export function machine() {
  const [first] = cpus();
  return {
    processor: first?.model ?? 'unknown',
    cores: cpus().length,
    memory: `${Math.round(totalmem() / 2 ** 30)} GiB`,
    system: `${type()} ${release()}`,
    node: process.version,
    load: Number(loadavg()[0].toFixed(2)),
    date: new Date().toISOString().slice(0, 10),
  };
}
