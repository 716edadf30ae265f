// Refuses `npm publish` in the tree. A dry run stages the packages, and `npm run release -- --publish` uploads them. A
// package of the bare tree would have no binaries, and could not be loaded.
import { main, Refusal } from '../run.mjs';
import { requireRecord } from './record.mjs';

await main(() => {
  requireRecord();
  throw new Refusal(
    'This tree is ready, but it is not a package: run "npm run release -- --publish".',
  );
});
