// The protocols in every order in which their parties' steps can fall, with deaths at every store: the core's own code, over
// words that loom moves.
import { must } from '../run.mjs';
import { item } from './support/item.mjs';

await item(async ({ figures, check }) => {
  // A folder of its own: everything is compiled with the flag.
  const output = await must(
    'cargo',
    'test --package mpmetrics-core --lib --target-dir target/loom -- models:: --nocapture'.split(
      ' ',
    ),
    { quiet: true, environment: { RUSTFLAGS: '--cfg loom' } },
  );
  const orders = [...output.matchAll(/ORDERS (\d+)/g)].map(([, number]) => Number(number));
  figures.models = Number(/(\d+) passed/.exec(output)?.[1] ?? 0);
  figures.orders = orders.reduce((total, number) => total + number, 0);
  check(figures.models > 0 && figures.orders > 1000, 'no models were run');
});
