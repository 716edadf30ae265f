// The default heap, as this isolate has joined it.

import { Attachment } from '../heap/attachment';
import { freshId } from './digest';
import { discover, noteJoining, type Discovery } from './discovery';
import { warn } from '../errors';
import { retry } from '../heap/retry';
import { isOff, setPrivateId, type HeapOptions } from '../heap/native';

let ofThisIsolate: Attachment | null = null;
/** Whether `ofThisIsolate` is a private heap that stands in for the default heap. */
let isStandIn = false;

/**
 * The default heap, which the first metric joins. Null if metrics are switched off, or if there is no memory even for a
 * private heap. Throws an `MpmetricsError` for an invalid configuration.
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

/** Whether the default heap could not be joined yet. It is tried again from time to time. @internal */
export function isWaitingForHeap(): boolean {
  return isStandIn;
}

const waitingForHeap = {};

/** Joins the default heap after a failure. The registries move there. */
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

/** Later, because the registries first take along their values. */
function leaveLater(attachment: Attachment | null): void {
  (setTimeout(() => attachment?.close(), 0) as { unref?: () => void }).unref?.();
}

/**
 * The heap that discovery finds, for a program that opens it. If it cannot be joined, for want of shared memory for
 * example, the result is a private heap, and the user is warned. Null if there is no memory even for that.
 * @internal
 */
export function discoveredAttachment(
  options: Pick<HeapOptions, 'seriesLimit' | 'maxSeries'> = {},
): Attachment | null {
  return discovered(options, 'A heap that was opened stays so until it is opened again.')
    .attachment;
}

/** The id of the private heap of this process, if this isolate is the first that needs one. */
let ownId: string | undefined;

/** Whether this isolate has joined the heap of discovery. The user of that time counts for children. */
let hasJoined = false;

type JoinOptions = Pick<HeapOptions, 'seriesLimit' | 'maxSeries'>;

/** @param prospect The consequence for the user, if no heap can be shared. */
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
    // All threads of the process share one private heap. The first thread warns.
    ownId ??= freshId();
    const id = setPrivateId(ownId);
    if (id === ownId)
      warn(
        isBusy ? code : 'MPMETRICS_NO_SHARED_MEMORY',
        'The metrics of this process lie in a private heap, because it could not join the heap of its application. ' +
          prospect,
        error,
      );
    return { attachment: privateAttachment(id, error), error };
  }
}

function attachmentTo({ name, id, why, partial }: Discovery, options: JoinOptions): Attachment {
  const heap = { ...(name && { name }), ...(id && { id }), ...(partial && { partial }) };
  const attachment = Attachment.writer({ ...heap, ...options }, why);
  if (partial === undefined && !hasJoined) noteJoining();
  hasJoined = true;
  return attachment;
}

/** The reason for the page of a private heap, by the error. The file of a lease ends in `.w` and the number of its slot. */
function partialBy(error: unknown): 'lease' | 'private' {
  const { code, message } = error as { code?: string; message?: string };
  const isRefusal = code === 'MPMETRICS_NO_SHARED_MEMORY' || code === 'MPMETRICS_NOT_OWNED';
  return isRefusal && /\.w\d+\b/.test(message ?? '') ? 'lease' : 'private';
}

function privateAttachment(id: string, reason: unknown): Attachment | null {
  const { message } = reason as { message?: unknown };
  const why = `the heap of the application could not be joined: ${String(message)}`;
  try {
    return Attachment.writer({ id, display: 'private', partial: partialBy(reason) }, why);
  } catch {
    return null;
  }
}
