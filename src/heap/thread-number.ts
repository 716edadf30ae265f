// The number of the thread of this isolate.

// oxlint-disable-next-line import/default -- the compiler makes one of `export =`
import builtin from '../builtin.cjs';
import { isMainThread } from './native';

/**
 * The number of this thread, as Node.js counts them: 0 for the main thread. There, the module with the number stays
 * unloaded where the system tells which thread this is: that module loads twenty others.
 * @internal
 */
export function threadNumber(): number {
  return isMainThread() ? 0 : builtin.workerThreads().threadId;
}
