// Making the cell of a series: of which sort, and in how many families.

import type { Cell } from '../cell/kinds';
import type { Labelled } from '../labels/label-set';
import type { Family } from '../heap/family';
import type { Kind } from './descriptor';
import { isOff } from '../heap/native';

/** What of a metric says how its cells are made. */
interface Maker<Child> {
  readonly kind: Pick<Kind<Child>, 'sorts'>;
  /** The registries that show it. */
  readonly memberOf: ReadonlySet<unknown>;
}

/** A new cell of a series in those families; what it can have of `known` is kept. @internal */
export function cellIn<Child extends Cell<unknown>>(
  { kind: { sorts }, memberOf }: Maker<Child>,
  families: readonly Family[],
  series: Labelled,
  known: readonly Child[] = [],
): Child {
  const make = (family: Family): Child => {
    const kept = known.find((part) => part.parts()[0]?.family === family);
    if (kept !== undefined) return kept;
    return family.attachment.tier === 'direct'
      ? sorts.direct(family, series)
      : sorts.native(family, series);
  };
  const [only] = families;
  if (only !== undefined && families.length === 1) return make(only);
  // Out of all registries it is kept here. Without a heap it is kept nowhere: a group of none.
  return memberOf.size === 0 && !isOff
    ? sorts.local(series.labels)
    : sorts.group(series.labels, families.map(make));
}
