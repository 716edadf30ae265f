// The fields of a metric that its updates read.
//
// Subclasses may call their own fields as they like, so these have symbols for names, the same in each copy of this
// package. They lie on the metric itself: an update that went by its series would take a tenth longer. The files that
// have updates in them copy the symbols into constants, since an imported one is looked up at each use.

import type { Cell } from '../cell/kinds';
import type { Children } from './children';

/** The key of the cell of the series without labels. @internal */
export const UNLABELLED: unique symbol = Symbol.for('mpmetrics.unlabelled');
/** The key of the cells of all series. @internal */
export const CHILDREN: unique symbol = Symbol.for('mpmetrics.children');
/** The key of the version of both. @internal */
export const VERSION: unique symbol = Symbol.for('mpmetrics.version');

/** What updates read. @internal */
export interface UpdateFields<Child extends Cell<unknown>> {
  /** Null until there is a series without labels, or while it is shown with some. */
  [UNLABELLED]: Child | null;
  /** The cells of all series that this isolate knows. */
  [CHILDREN]: Children<Child>;
  /** Changes whenever cells were taken away or replaced: whoever holds one has to look again. */
  [VERSION]: number;
}
