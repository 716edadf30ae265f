// This isolate's seat in the heap that metrics go to by default.

import { Attachment } from './attachment';
import { discover } from './discovery';
import { warn } from './errors';
import { isOff, type HeapOptions } from './native';

let ofThisIsolate: Attachment | null = null;

/**
 * The seat in the default heap, taken by the first metric; null when switched off, or when there is not even private
 * memory. Throws an `MpmetricsError` for a configuration that can't be.
 * @internal
 */
export function defaultAttachment(): Attachment | null {
  if (isOff) return null;
  if (ofThisIsolate === null || ofThisIsolate.isClosed) ofThisIsolate = discoveredAttachment();
  return ofThisIsolate;
}

/**
 * A seat in the heap that discovery finds. Where that one can't be had, as there is no shared memory, it is a private
 * heap, and the user is told; where there is none either, null.
 * @internal
 */
export function discoveredAttachment(
  options: Pick<HeapOptions, 'seriesLimit'> = {},
): Attachment | null {
  const { name, id, why } = discover();
  try {
    return Attachment.writer({ ...(name && { name }), ...(id && { id }), ...options }, why);
  } catch (error) {
    warn(
      'MPMETRICS_NO_SHARED_MEMORY',
      'The metrics of this process are its own, since no heap could be shared with the others of the application.',
      error,
    );
    return privateAttachment(error);
  }
}

function privateAttachment(reason: unknown): Attachment | null {
  const { message } = reason as { message?: unknown };
  try {
    return Attachment.writer({ display: 'private' }, `no heap could be shared: ${String(message)}`);
  } catch {
    return null;
  }
}
