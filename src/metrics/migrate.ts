// Moving the children of a metric to other families.

import type { Cell } from '../cell/kinds';
import type { Children } from './children';
import type { Family } from '../heap/family';

/**
 * Makes the same children in the metric's new families, with their contributions. The contributions to other families are
 * withdrawn.
 *
 * @param now Empty.
 * @internal
 */
export function migrate<Contribution, Child extends Cell<Contribution>>(
  before: Children<Child>,
  now: Children<Child>,
  families: readonly Family[],
): void {
  const children = [...before.values()];
  const canRelabel = hasNoCollisions(children, families);
  const left = children.map((old) => {
    const [contribution, parts, exemplars] = [old.read(), old.parts(), old.exemplars ?? []];
    // A contribution in the same family gets its new labels in place. So no kill and no scrape can fall in between.
    const relabelled = families.filter((family) =>
      parts.some(
        (part) =>
          canRelabel &&
          !families.includes(part.family) &&
          family.isSameFamily(part.family) &&
          family.relabel(part.family, old.labels),
      ),
    );
    const isThere = (family: Family): boolean =>
      families.includes(family) || relabelled.some((one) => one.isSameFamily(family));
    // All old contributions leave before any new one arrives. A series that is the same under other labels thus takes
    // its position among the others.
    for (const part of parts) if (!isThere(part.family)) part.withdraw();
    return { labels: old.labels, contribution, parts, exemplars, relabelled };
  });
  // All series are made before any contribution is added, so that they keep their order. The children are kept meanwhile: a
  // series that cannot be made has its row only for a while, and its contribution goes to the overflow series.
  const made = left.map(({ labels, parts }) => {
    const child = now.add(labels, parts as readonly unknown[] as readonly Child[]);
    child.show();
    return child;
  });
  for (const [index, { contribution, parts, exemplars, relabelled }] of left.entries()) {
    const moved = made[index] as Child;
    if (contribution === null) continue;
    const receivers: readonly Cell<Contribution>[] =
      moved.parts().length > 0 ? moved.parts() : [moved];
    for (const cell of receivers) {
      const family = cell.parts()[0]?.family;
      if (family !== undefined && relabelled.includes(family)) continue;
      if (parts.some((part) => part.family === family)) continue;
      cell.merge(contribution);
      for (const exemplar of exemplars) if (exemplar) cell.exemplify?.(exemplar);
    }
  }
}

/** Whether no series gets labels that another series of the metric has or gets. Then each can be relabelled in place. */
function hasNoCollisions<Child extends Cell<unknown>>(
  children: readonly Child[],
  families: readonly Family[],
): boolean {
  const texts = children.flatMap((child) => [
    ...child.parts().map(({ family }) => `${family.number} ${family.text(child.labels)}`),
    ...families.map((family) => `${family.number} ${family.text(child.labels)}`),
  ]);
  return new Set(texts).size === texts.length;
}
