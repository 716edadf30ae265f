// The tearing test: does another process see the typed-array stores of a process whole, and in order?
//   node scripts/tearing.mjs                                   ten seconds, in this Node.js
//   node scripts/tearing.mjs --release --seconds 3600          until it has read 10^9 times
//   node scripts/tearing.mjs --runtime path/to/bun             another runtime (deno, another Node.js)
//   node scripts/tearing.mjs --careless                        an incorrect writer: must be torn
//
// A JavaScript writer observes only 0.25 at full speed. A reader in Rust (crates/core/examples/tear.rs) checks as fast
// as it can whether the stores are whole, and in order. Prints one line of JSON: "reads" counts reads with a new value,
// and "copies" are made as by a scrape. Exit code 1 if anything is torn (with --careless: if nothing is), if nothing
// was read, or if the runtime does not store directly at all.
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { basename } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';

const root = fileURLToPath(new URL('../', import.meta.url));
const WRITER = fileURLToPath(
  new URL('../__test__/multiprocess/support/tearing-writer.cjs', import.meta.url),
);

const { values: options } = parseArgs({
  options: {
    reads: { type: 'string', default: '1000000000' },
    seconds: { type: 'string', default: '10' },
    runtime: { type: 'string', default: process.execPath },
    release: { type: 'boolean', default: false },
    careless: { type: 'boolean', default: false },
  },
});

const reader = await buildReader(options.release ? ['--release'] : []);
const writer = spawn(
  options.runtime,
  [
    // Deno asks for permissions.
    ...(basename(options.runtime).startsWith('deno') ? ['run', '--allow-all'] : []),
    WRITER,
    ...(options.careless ? ['--careless'] : []),
  ],
  {
    cwd: root,
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, MPMETRICS: '', MPMETRICS_NAME: `tearing-${process.pid}` },
  },
);
try {
  const [first] = await Promise.race([
    once(createInterface({ input: writer.stdout }), 'line'),
    once(writer, 'exit').then(([code]) => {
      throw new Error(`The writer ended with code ${code} before it began.`);
    }),
  ]);
  const { runtime, version, tier, segment, word, buckets } = JSON.parse(first);
  const started = performance.now();
  const limits = [options.reads, options.seconds];
  const { stdout } = await promisify(execFile)(reader, [segment, word, buckets, ...limits]);
  const seconds = Number(((performance.now() - started) / 1000).toFixed(1));
  const { reads, copies, torn, odd, count: updates } = JSON.parse(stdout);
  console.log(
    JSON.stringify({
      runtime,
      version,
      tier,
      reads,
      copies,
      torn,
      odd,
      updates,
      seconds,
    }),
  );
  const isAsExpected = options.careless ? torn > 0 : torn === 0;
  if (!isAsExpected || reads === 0 || copies === 0 || tier !== 'direct') process.exitCode = 1;
} finally {
  // The writer ends with its input, in good order, so that no file of its heap stays.
  writer.stdin.end();
  if (writer.exitCode === null && writer.signalCode === null) await once(writer, 'exit');
}

/** Compiles the reader, and returns its path. */
async function buildReader(profile) {
  const { stdout } = await promisify(execFile)(
    'cargo',
    [
      'build',
      '--package',
      'mpmetrics-core',
      '--example',
      'tear',
      '--message-format=json',
      ...profile,
    ],
    { cwd: root, maxBuffer: 2 ** 26 },
  );
  const built = stdout
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line))
    .find(({ target, executable }) => target?.name === 'tear' && executable);
  return built.executable;
}
