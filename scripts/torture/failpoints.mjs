// A writer dies after every store to shared memory that an operation makes, and a survivor goes on: the core's stores, which a
// build with the feature `failpoints` counts, and those of JavaScript, which a compilation of its own marks.
//
// With --short a store in a loop of the core's is sampled.
import { must } from '../run.mjs';
import { deaths } from './support/deaths.mjs';
import { heapName, item, progress, short } from './support/item.mjs';

await item(async ({ figures, check }) => {
  figures.javascript = await deaths({ heapName, check, progress });
  const output = await must(
    'cargo',
    `test --package mpmetrics-core --features failpoints --test failpoints -- --nocapture`.split(
      ' ',
    ),
    { quiet: true, environment: short ? {} : { EVERY: '1' } },
  );
  figures.rust = JSON.parse(/^FIGURES (.*)$/m.exec(output)[1]);
});
