// The heap that metrics go to by default, as this isolate has joined it.

import { Attachment } from '../heap/attachment';
import { freshId } from './digest';
import { discover, type Discovery } from './discovery';
import { warn } from '../errors';
import { retry } from '../heap/retry';
import { isOff, setPrivateId, type HeapOptions } from '../heap/native';

let ofThisIsolate: Attachment | null = null;
/** Whether that is a private heap in place of one that could not be had. */
let isStandIn = false;

/**
 * The default heap, which the first metric joins; null when switched off, or when there is not even private
 * memory. Throws an `MpmetricsError` for a configuration that can't be.
 * @internal
 */
export function defaultAttachment(): Attachment | null {
  if (isOff) return null;
  if (ofThisIsolate === null || ofThisIsolate.isClosed) {
    const { attachment, error } = discovered({}, 'That is tried again.');
    ofThisIsolate = attachment;
    isStandIn = error !== undefined;
    if (isStandIn) retry(waitingForHeap, joinDefaultHeap);
  }
  return ofThisIsolate;
}

/** Whether the default heap could not be had yet: it is asked for again from time to time. @internal */
export function isWaitingForHeap(): boolean {
  return isStandIn;
}

const waitingForHeap = {};

/** Joins the heap that could not be had before. The registries follow. */
function joinDefaultHeap(): boolean {
  const before = ofThisIsolate;
  try {
    ofThisIsolate = attachmentTo(discover(), {});
  } catch {
    return false;
  }
  isStandIn = false;
  leaveLater(before);
  return true;
}

/** The registries take what was counted there with them first. */
function leaveLater(attachment: Attachment | null): void {
  (setTimeout(() => attachment?.close(), 0) as { unref?: () => void }).unref?.();
}

/**
 * The heap that discovery finds, for a program that opens it. Where that one can't be had, as there is no shared memory,
 * it is a private heap for as long as it is open, and the user is told; where there is none either, null.
 * @internal
 */
export function discoveredAttachment(
  options: Pick<HeapOptions, 'seriesLimit'> = {},
): Attachment | null {
  return discovered(options, 'A heap that was opened stays so until it is opened again.')
    .attachment;
}

/** The id of the private heap of this process, if this isolate is the first that needs one. */
let ownId: string | undefined;

type JoinOptions = Pick<HeapOptions, 'seriesLimit'>;

/** @param prospect What is going to become of it where no heap can be shared, for the user. */
function discovered(
  options: JoinOptions,
  prospect: string,
): { attachment: Attachment | null; error?: unknown } {
  const heap = discover();
  try {
    return { attachment: attachmentTo(heap, options) };
  } catch (error) {
    const { code } = error as { code?: string };
    const isBusy = code === 'MPMETRICS_BUSY' || code === 'MPMETRICS_GATE_TIMEOUT';
    // All threads of the process share it, and the first of them says so.
    ownId ??= freshId();
    const id = setPrivateId(ownId);
    if (id === ownId)
      warn(
        isBusy ? code : 'MPMETRICS_NO_SHARED_MEMORY',
        'The metrics of this process are its own, since no heap could be shared with the others of the application. ' +
          prospect,
        error,
      );
    return { attachment: privateAttachment(id, error), error };
  }
}

function attachmentTo({ name, id, why }: Discovery, options: JoinOptions): Attachment {
  return Attachment.writer({ ...(name && { name }), ...(id && { id }), ...options }, why);
}

function privateAttachment(id: string, reason: unknown): Attachment | null {
  const { message } = reason as { message?: unknown };
  const why = `no heap could be shared: ${String(message)}`;
  try {
    return Attachment.writer({ id, display: 'private' }, why);
  } catch {
    return null;
  }
}
