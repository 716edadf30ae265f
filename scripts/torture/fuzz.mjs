// Heaps whose words are anything: ten million are read and joined, and a hundred thousand are read while another thread
// changes them, with the address sanitizer. Needs a nightly toolchain and cargo-fuzz; says so where they are missing.
//
// What it finds stays in crates/core/fuzz/artifacts, to be run again. --short reads and joins some thousands of the same
// sort, always the same ones, without a sanitizer.
import { spawnSync } from 'node:child_process';
import { must, root, run } from '../run.mjs';
import { item, progress, short, unavailable } from './support/item.mjs';

const TARGETS = [
  ['image', 10_000_000],
  ['disturbed', 100_000],
];
/**
 * Sixteen edits at most; five seconds are no end; a segment that is asked for and not touched costs nothing, and what a thread
 * has for itself is given back when it is gone.
 */
const OPTIONS = [
  '-max_len=177',
  '-len_control=0',
  '-timeout=5',
  '-malloc_limit_mb=100000',
  '-rss_limit_mb=100000',
  '-detect_leaks=0',
  '-print_final_stats=1',
];

await item(async ({ figures, check }) => {
  if (short) {
    const images = 'test --package mpmetrics-core --lib -- verification::image'.split(' ');
    const output = await must('cargo', images, { quiet: true });
    figures.tests = Number(/(\d+) passed/.exec(output)?.[1] ?? 0);
    check(figures.tests > 0, 'no images were read');
    return;
  }
  const { status } = spawnSync('cargo', ['+nightly', 'fuzz', '--version'], { stdio: 'ignore' });
  if (status !== 0) {
    const why =
      'there is no cargo-fuzz with a nightly toolchain (rustup toolchain install nightly; cargo install cargo-fuzz)';
    unavailable(figures, 'fuzzing', why);
    return;
  }
  for (const [target, wanted] of TARGETS) {
    progress(`${target}: ${wanted} executions`);
    const { code, output } = await run(
      'cargo',
      ['+nightly', 'fuzz', 'run', target, '--', `-runs=${wanted}`, ...OPTIONS],
      { quiet: true, cwd: `${root}crates/core` },
    );
    const done = Number(/number_of_executed_units:\s*(\d+)/.exec(output)?.[1] ?? 0);
    figures[target] = {
      executions: done,
      slowestSeconds: Number(/slowest_unit_time_sec:\s*(\d+)/.exec(output)?.[1] ?? 0),
    };
    check(code === 0 && done >= wanted, `${target} ended with ${code} after ${done} executions`);
  }
});
