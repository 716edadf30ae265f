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
    // All leave before any arrives: one that is the same under other labels takes its place among the others.
    for (const part of parts) if (!families.includes(part.family)) part.withdraw();
    return { labels: old.labels, share, parts, exemplars };
  });
  // All arrive before any receives, so that they keep their order.
  for (const { labels, parts } of left) {
    now.add(labels, parts as readonly unknown[] as readonly Child[]).show();
  }
  for (const { labels, share, parts, exemplars } of left) {
    const moved = now.hold(labels) as Child;
    if (share === null) continue;
    const receivers: readonly Cell<Share>[] = moved.parts().length > 0 ? moved.parts() : [moved];
    for (const cell of receivers) {
      if (parts.some(({ family }) => family === cell.parts()[0]?.family)) continue;
      cell.take(share);
      for (const exemplar of exemplars) if (exemplar) cell.exemplify?.(exemplar);
    }
  }
}
