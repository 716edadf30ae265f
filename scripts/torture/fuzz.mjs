// Heaps with arbitrary words: ten million are read and joined, and a hundred thousand are read while another thread
// changes them, with the address sanitizer. Needs a nightly toolchain and cargo-fuzz; reports if they are missing.
//
// The findings stay in crates/core/fuzz/artifacts, and can be run again. --short reads and joins some thousands of such
// heaps, always the same ones, without a sanitizer.
import { spawnSync } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { must, root, run } from '../run.mjs';
import { item, progress, short, times, unavailable } from './support/item.mjs';

/** The programs, the number of runs, and the threads of each. */
const TARGETS = [
  ['image', 10_000_000, 1],
  ['disturbed', 100_000, 2],
];
/**
 * At most sixteen edits. Twenty seconds count as endless, even if many programs wait for a processor. The memory of a
 * thread is returned at its end. A more careful choice of inputs costs as much as running more of them.
 */
const OPTIONS = [
  '-max_len=177',
  '-len_control=0',
  '-timeout=20',
  '-rss_limit_mb=4000',
  '-detect_leaks=0',
  '-reload=0',
  '-reduce_inputs=0',
  '-entropic=0',
  '-print_final_stats=1',
];
/**
 * Freed memory is kept from reuse for the time of one execution, so that it stays in the processor's cache. These
 * options hide the origin of memory. Running an artifact again without them shows it.
 */
const SANITIZER = [
  'quarantine_size_mb=1',
  'thread_local_quarantine_size_kb=128',
  'allocator_release_to_os_interval_ms=-1',
  'malloc_context_size=0',
  'max_malloc_fill_size=0',
  'detect_stack_use_after_return=0',
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
  for (const [target, long, threads] of TARGETS) {
    const wanted = times(0, long);
    const jobs = Math.ceil(availableParallelism() / threads);
    progress(`${target}: ${wanted} executions in ${jobs} processes`);
    const { code, output } = await run(
      'cargo',
      [
        ...`+nightly fuzz run --no-trace-compares ${target} --`.split(' '),
        ...OPTIONS,
        `-runs=${Math.ceil(wanted / jobs)}`,
        `-jobs=${jobs}`,
        `-workers=${jobs}`,
      ],
      {
        quiet: true,
        cwd: `${root}crates/core/fuzz`,
        environment: { ASAN_OPTIONS: SANITIZER.join(':') },
      },
    );
    const found = (what) =>
      [...output.matchAll(new RegExp(`stat::${what}:\\s*(\\d+)`, 'g'))].map(([, number]) =>
        Number(number),
      );
    const executions = found('number_of_executed_units').reduce((total, done) => total + done, 0);
    figures[target] = { executions, slowestSeconds: Math.max(...found('slowest_unit_time_sec')) };
    check(
      code === 0 && executions >= wanted,
      `${target} ended with ${code} after ${executions} executions`,
    );
  }
});
