// Types of label values. Shared memory returns text, and this isolate knows the values that it was given.

import type { Children } from './children';
import type { Cell } from '../cell/kinds';
import type { Family } from '../heap/family';
import { asGiven, hasOwn, labelText, put } from '../labels/labels';
import type { LabelSet } from '../labels/label-set';
import type { Sample } from '../present/samples';

/** The labels of a metric that this isolate knows. */
interface Source {
  readonly families: readonly Family[];
  readonly children: Pick<Children<Cell<unknown>>, 'given'>;
}

/** The sample with the types of the labels that were given in this isolate. @internal */
export function withTypes(sample: Sample, { families, children }: Source): Sample {
  for (const { defaults } of families) {
    const labels: Record<string, unknown> = { ...sample.labels };
    // In the order of the registry's default labels.
    const filled: Record<string, unknown> = {};
    for (const [name, value] of Object.entries(defaults)) {
      const text = labelText(value);
      if (hasOwn(sample.added, name) && sample.added[name] === text) put(filled, name, value);
      // The metric has this label, but it was not given. So the registry's default value applies.
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

/** The labels that were given and print as these texts. A value of undefined prints as that word. */
function typedLabels(texts: LabelSet, children: Source['children']): LabelSet | null {
  const given = Object.entries(texts).filter(([, text]) => text !== 'undefined');
  const found = children.given(texts) ?? children.given(Object.fromEntries(given));
  return found && asGiven(found);
}
