// What a registry leaves that was its isolate's own: nobody else can reach it, so once it is gone it has to be withdrawn.

// oxlint-disable-next-line import/default -- the compiler makes one of `export =`
import builtin from '../builtin.cjs';
import { nextRegistryNumber } from '../globals';
import type { Family } from '../heap/family';
import type { Registry } from './registry';

/** What is left of a registry that was garbage-collected. @internal */
export interface Estate {
  /** Its key in the heap. */
  readonly key: string;
  /** Whether another registry had it before, whose families are there still, with their order and help texts. */
  readonly isSecondHand: boolean;
  /** By name, the families in which its metrics are: none of them is anywhere without the registry. */
  readonly families: Map<string, Family>;
}

/** The keys of registries that are gone, for those to come: so there are as many in a heap as live at once. */
const free: string[] = [];

/** It holds neither the registry nor its metrics, which hold each other. */
const estates = new FinalizationRegistry<Estate>(({ key, families }) => {
  const isWithdrawn = [...families.values()].map((family) => family.unbindAll());
  // Who came next would go on from what could not be withdrawn.
  if (isWithdrawn.every(Boolean)) free.push(key);
});

/**
 * The key of a registry of this isolate alone, and what is to be withdrawn when it is gone.
 *
 * @param home What nobody but the registry holds.
 * @internal
 */
export function estateOf(home: object): Estate {
  const left = free.pop();
  const estate = {
    key: left ?? newKey(),
    isSecondHand: left !== undefined,
    families: new Map<string, Family>(),
  };
  estates.register(home, estate);
  return estate;
}

/** Notes in which of those families a metric of registries is, for those that are this isolate's own. @internal */
export function bequeath(registries: Iterable<Registry>, families: readonly Family[]): void {
  for (const registry of registries) {
    const { home, place } = registry;
    const family = home.estate && place && families.find((one) => one.isIn(place));
    if (!family) continue;
    home.estate?.families.set(family.name, family);
    if (home.estate?.isSecondHand === true) registry.isRearranged = true;
  }
}

function newKey(): string {
  // Threads have the number and the beginning of their process; a process may have the number of one before it.
  const isolate = `${process.pid}-${performance.timeOrigin}-${builtin.workerThreads().threadId}`;
  return `private:${isolate}-${nextRegistryNumber()}`;
}
