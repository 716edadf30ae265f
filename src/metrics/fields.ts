// The fields of a metric that its updates read.
//
// Subclasses may use any names for their own fields. So these fields have symbols for names, which are the same in each
// copy of this package. They lie on the metric itself: an update through its series would take a tenth longer. The
// files with updates copy the symbols into constants, because an imported name is looked up at each use.

import type { Cell } from '../cell/kinds';
import type { Children } from './children';

/** The key of the cell of the series without labels. @internal */
export const UNLABELLED: unique symbol = Symbol.for('mpmetrics.unlabelled');
/** The key of the cells of all series. @internal */
export const CHILDREN: unique symbol = Symbol.for('mpmetrics.children');
/** The key of the version of both. @internal */
export const VERSION: unique symbol = Symbol.for('mpmetrics.version');

/** The fields of a metric that its updates read. @internal */
export interface UpdateFields<Child extends Cell<unknown>> {
  /** Null until there is a series without labels. */
  [UNLABELLED]: Child | null;
  /** The cells of all series that this isolate knows. */
  [CHILDREN]: Children<Child>;
  /** Grows when cells were removed or replaced, so that children look for their cells again. */
  [VERSION]: number;
}
