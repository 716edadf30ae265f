// Label values as they were given: they come back from shared memory as text.

import type { Children } from './children';
import type { Cell } from '../cell/kinds';
import type { Family } from '../heap/family';
import { asGiven, hasOwn, labelText, put } from '../labels/labels';
import type { LabelSet } from '../labels/label-set';
import type { Sample } from '../present/samples';

/** What this isolate knows of a metric's labels. */
interface Source {
  readonly families: readonly Family[];
  readonly children: Pick<Children<Cell<unknown>>, 'given'>;
}

/** The sample, in which labels that were given here have their types again. @internal */
export function withTypes(sample: Sample, { families, children }: Source): Sample {
  for (const { defaults } of families) {
    const labels: Record<string, unknown> = { ...sample.labels };
    // In the registry's order.
    const filled: Record<string, unknown> = {};
    for (const [name, value] of Object.entries(defaults)) {
      const text = labelText(value);
      if (hasOwn(sample.added, name) && sample.added[name] === text) put(filled, name, value);
      // A label of the metric that was not given, and so has the registry's value.
      if (hasOwn(labels, name) && labels[name] === text) {
        put(filled, name, value);
        delete labels[name];
      }
    }
    const typed = typedLabels(labels, children);
    if (typed !== null) {
      return { ...sample, labels: typed, added: { ...filled, ...sample.added, ...filled } };
    }
  }
  return { ...sample, labels: typedLabels(sample.labels, children) ?? sample.labels };
}

/** The labels that were given as what prints so: one that is undefined prints as that word. */
function typedLabels(texts: LabelSet, children: Source['children']): LabelSet | null {
  const given = Object.entries(texts).filter(([, text]) => text !== 'undefined');
  const found = children.given(texts) ?? children.given(Object.fromEntries(given));
  return found && asGiven(found);
}
