// `npm publish` in the tree comes by here, and goes no further: what is published is laid out by a dry run, from where
// `npm run release -- --publish` uploads it. The tree as it is asks for no binaries, so it could not be loaded.
import { main, Refusal } from '../run.mjs';
import { requireRecord } from './record.mjs';

await main(() => {
  requireRecord();
  throw new Refusal(
    'This tree is ready, but it is not a package: run "npm run release -- --publish".',
  );
});
