// The clean-up after private registries: when one was garbage-collected, its values are withdrawn from the heap.

// oxlint-disable-next-line import/default -- the compiler makes one of `export =`
import builtin from '../builtin.cjs';
import { nextRegistryNumber } from '../globals';
import type { Family } from '../heap/family';
import { threadNumber } from '../heap/thread-number';

/** The clean-up after one private registry. @internal */
export interface Finalizer {
  /** The registry's key in the heap. */
  readonly key: string;
  /** Whether an earlier registry had the key. Then its families are still declared, with their order and help texts. */
  readonly isReused: boolean;
  /** The families of the registry's metrics, by name: no other registry shows them. */
  readonly families: Map<string, Family>;
}

/**
 * The keys of collected registries, for later ones. So a heap has only as many private keys as registries lived at
 * once.
 */
const freeKeys: string[] = [];

/** The held value must refer neither to the registry nor to its metrics, because they refer to each other. */
const collected = new FinalizationRegistry<Finalizer>(({ key, families }) => {
  const isWithdrawn = [...families.values()].map((family) => family.unbindAll());
  // The next registry with the key would add to the values that could not be withdrawn.
  if (isWithdrawn.every(Boolean)) freeKeys.push(key);
});

/**
 * A key for a private registry, and the record of its families.
 *
 * @param identity Held by the registry alone: the clean-up runs when it is collected.
 * @internal
 */
export function finalizerOf(identity: object): Finalizer {
  const freeKey = freeKeys.pop();
  const finalizer = {
    key: freeKey ?? newKey(),
    isReused: freeKey !== undefined,
    families: new Map<string, Family>(),
  };
  collected.register(identity, finalizer);
  return finalizer;
}

function newKey(): string {
  // The threads of a process share its pid and start time, and a process may have the pid of an earlier one.
  const { timeOrigin } = builtin.performance();
  const isolate = `${process.pid}-${timeOrigin}-${threadNumber()}`;
  return `private:${isolate}-${nextRegistryNumber()}`;
}
