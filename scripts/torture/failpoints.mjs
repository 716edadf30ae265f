// A writer dies after every store to shared memory that an operation makes, and a survivor goes on: the Rust stores, which a
// build with the feature `failpoints` counts.
//
// With --short a store in a loop is sampled.
import { must } from '../run.mjs';
import { item, short } from './support/item.mjs';

await item(async ({ figures }) => {
  const output = await must(
    'cargo',
    `test --package mpmetrics-core --features failpoints --test failpoints -- --nocapture`.split(
      ' ',
    ),
    { quiet: true, environment: short ? {} : { EVERY: '1' } },
  );
  figures.rust = JSON.parse(/^FIGURES (.*)$/m.exec(output)[1]);
});
