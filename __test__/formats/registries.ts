// Registries of any metrics.
import * as fc from 'fast-check';
import { histogram, summary } from './distributions';
import type { Labels } from './expected';
import { counter, gauge } from './numbers';
import { enumeration, info } from './states';
import { text } from './values';

/** A registry: its metrics, and its default labels. */
export const registries = fc.record({
  metrics: fc.array(fc.oneof(counter, gauge, histogram, summary, info, enumeration), {
    maxLength: 6,
  }),
  defaults: fc.oneof(fc.constant({}), fc.record({ of_the_registry: text })) as fc.Arbitrary<Labels>,
});
