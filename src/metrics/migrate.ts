// Moving the children of a metric to other families, with all that they have recorded.

import type { Cell } from '../cell/kinds';
import type { Children } from './children';
import type { Family } from '../heap/family';

/**
 * Makes the same children as before in the families of now, and hands over what they have recorded. What they have in
 * other families is withdrawn.
 *
 * @param now Empty.
 * @internal
 */
export function migrate<Share, Child extends Cell<Share>>(
  before: Children<Child>,
  now: Children<Child>,
  families: readonly Family[],
): void {
  const left = [...before.values()].map((old) => {
    const [share, parts, exemplars] = [old.read(), old.parts(), old.exemplars ?? []];
    // A share in the same family gets its other labels in place. So no kill and no scrape falls in between.
    const relabelled = families.filter((family) =>
      parts.some(
        (part) =>
          !families.includes(part.family) &&
          family.isSameFamily(part.family) &&
          family.relabel(part.family, old.labels),
      ),
    );
    const isThere = (family: Family): boolean =>
      families.includes(family) || relabelled.some((one) => one.isSameFamily(family));
    // All others leave before any arrives: one that is the same under other labels takes its place among the others.
    for (const part of parts) if (!isThere(part.family)) part.withdraw();
    const shown = before.shown(old.labels) ?? old.labels;
    return { labels: old.labels, shown, share, parts, exemplars, relabelled };
  });
  // All arrive before any receives, so that they keep their order.
  for (const { labels, shown, parts } of left) {
    now.add(labels, parts as readonly unknown[] as readonly Child[]).show();
    now.show(shown);
  }
  for (const { labels, share, parts, exemplars, relabelled } of left) {
    const moved = now.hold(labels) as Child;
    if (share === null) continue;
    const receivers: readonly Cell<Share>[] = moved.parts().length > 0 ? moved.parts() : [moved];
    for (const cell of receivers) {
      const family = cell.parts()[0]?.family;
      if (family !== undefined && relabelled.includes(family)) continue;
      if (parts.some((part) => part.family === family)) continue;
      cell.take(share);
      for (const exemplar of exemplars) if (exemplar) cell.exemplify?.(exemplar);
    }
  }
}
