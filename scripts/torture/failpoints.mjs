// A writer dies after every store to shared memory of an operation, and a survivor continues. A build with the feature
// `failpoints` counts the core's stores. A separate compilation marks the stores of JavaScript.
//
// With --short, stores in a loop of the core are sampled.
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
