// The protocols in every order of their parties' steps, with deaths at every store: the core's own code, with loom. The
// long version also runs Miri on the parts without shared memory, and the thread sanitizer on heaps that change during
// a read. Both need a nightly toolchain with its sources; the item reports if there is none.
import { spawnSync } from 'node:child_process';
import { must } from '../run.mjs';
import { item, short, unavailable } from './support/item.mjs';

const TARGET = 'x86_64-unknown-linux-gnu';

/** Other compiler flags rebuild everything, so each has its own folder. */
const LOOM = {
  command:
    'test --package mpmetrics-core --lib --target-dir target/loom -- models:: --nocapture'.split(
      ' ',
    ),
  environment: { RUSTFLAGS: '--cfg loom' },
};
const SANITIZERS = {
  // Miri supports neither file locks nor shared memory. It is a thousand times slower, so few cases are generated.
  miri: {
    component: 'miri',
    command: `+nightly miri test --target-dir target/miri --package mpmetrics-core --lib --
      cell:: declaration:: escape:: expose:: storage::bytes labels:: table:: --skip round_trip`.split(
      /\s+/,
    ),
    environment: { MIRIFLAGS: '-Zmiri-disable-isolation', PROPTEST_CASES: '4' },
  },
  // The sanitizer needs a standard library compiled for it. Otherwise it takes that library's threads for races.
  threads: {
    component: 'rust-src',
    command:
      `+nightly test -Zbuild-std --target ${TARGET} --target-dir target/threads --package mpmetrics-core
      --lib --test gate --test heap --test kinds -- --skip whatever_is_in_a_heap`.split(/\s+/),
    environment: { RUSTFLAGS: '-Zsanitizer=thread' },
  },
};

await item(async ({ figures, check }) => {
  const output = await tested(LOOM);
  const orders = [...output.matchAll(/ORDERS (\d+)/g)].map(([, number]) => Number(number));
  figures.models = passedIn(output);
  figures.orders = orders.reduce((total, number) => total + number, 0);
  check(figures.models > 0 && figures.orders > 1000, 'no models were run');
  if (short) return;
  for (const [name, sanitizer] of Object.entries(SANITIZERS)) {
    if (!hasComponent(sanitizer.component)) {
      const why = `there is no nightly toolchain with it (rustup component add ${sanitizer.component} --toolchain nightly)`;
      unavailable(figures, name, why);
      continue;
    }
    figures[name] = { tests: passedIn(await tested(sanitizer)) };
    check(figures[name].tests > 0, `${name} has looked at nothing`);
  }
});

/** Runs tests, and returns their output. A finding throws. */
function tested({ command, environment }) {
  return must('cargo', command, { quiet: true, environment });
}

function passedIn(output) {
  return [...output.matchAll(/(\d+) passed/g)].reduce((total, [, number]) => total + +number, 0);
}

function hasComponent(name) {
  const { stdout } = spawnSync('rustup', ['component', 'list', '--toolchain', 'nightly'], {
    encoding: 'utf8',
  });
  return new RegExp(`^${name}(-\\S+)? \\(installed\\)$`, 'm').test(stdout ?? '');
}
