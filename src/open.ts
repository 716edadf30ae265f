// Heaps by name, for those who do not leave it to discovery.

import { inspect } from 'util';
import { Attachment } from './heap/attachment';
import { discover } from './discovery/discovery';
import { coded, MpmetricsError, requireKnownOptions } from './errors';
import { requireHeapName } from './heap/heap-name';
import { disposeSymbol } from './instrument/disposable';
import { callNative, isOff } from './heap/native';
import type { RegistryIdentity } from './registry/identity';
import { viewOf } from './registry/merged';
import { globalRegistry, Registry } from './registry/registry';
import { defaultAttachment, discoveredAttachment } from './discovery/default-heap';
import { isSeriesLimit } from './heap/series-limit';

/** Which heap to open, and what for. */
export interface OpenOptions {
  /**
   * The heap's name: 1 to 64 of the characters `A-Z a-z 0-9 _ . -`, not beginning with a dot. Default: the heap that metrics
   * go to by default.
   */
  name?: string;
  /**
   * `write` (the default) joins the heap, or makes it; `read` only looks, also from outside the application. Once its last
   * writer has left, `metrics()` rejects with `MPMETRICS_CLOSED`, until there is another heap of that name.
   */
  mode?: 'write' | 'read';
  /**
   * How many series this process or thread lets a metric have there. Further ones are dropped, counted and reported.
   * Default: `MPMETRICS_SERIES_LIMIT`, or 100,000. Whoever has opened the heap already keeps what was said then.
   */
  seriesLimit?: number;
}

/** One process or thread that writes to a heap, or did. */
export interface HeapWriter {
  /** The number of its slot. */
  slot: number;
  /** Whether it is there still. */
  live: boolean;
  /** How many writers have had the slot, it included. */
  incarnation: number;
  /** The process, as its own pid namespace numbers it. */
  pid: number;
  /** The thread in its process, 0 for the main one. */
  thread: number;
  /** When it came, in seconds since the Unix epoch. */
  startedAt: number;
}

/** What there is to know of a heap. */
export interface HeapInfo {
  /** Its name, or null if it is private to this process. */
  name: string | null;
  /** Why this isolate is in this heap. */
  why: string;
  /** Its random id, 32 hexadecimal digits. */
  id: string;
  /** Whether other processes can join it. */
  shared: boolean;
  /** The version of its layout. */
  layoutVersion: number;
  /** How many segments of memory it has. */
  segments: number;
  /** Their size in bytes. */
  bytes: number;
  /** How much of that is in use. */
  usedBytes: number;
  /** How many series there are. */
  series: number;
  /** How many families there are. */
  families: number;
  /** The slot of this isolate, or null if it only reads. */
  slot: number | null;
  /** How many writers have had that slot. */
  incarnation: number | null;
  /** How many slots were taken over from dead writers. */
  adoptions: number;
  /** How many declarations differed from an earlier one of the same name. */
  conflicts: number;
  /** How many series could not be made, each counted once. */
  droppedSeries: number;
  /** Of these, for want of memory … */
  droppedFull: number;
  /** … since the lock of the label map was held for too long … */
  droppedBusy: number;
  /** … and since their metric had as many as it may have. */
  droppedLimit: number;
  /** How many reads were repeated, since a writer had changed what was read. */
  retries: number;
  /** How often a thread with `collect` functions did not answer a scrape in time. */
  unanswered: number;
  /** When it was made, in seconds since the Unix epoch. */
  createdAt: number;
  /** All slots. */
  writers: HeapWriter[];
}

/**
 * A heap that was opened. Metrics go into it by its registry:
 *
 * ```ts
 * using heap = open({ name: 'billing' });
 * const invoices = new Counter({ name: 'invoices_total', help: 'Invoices sent', registers: [heap.register] });
 * ```
 */
export class Heap {
  /** The default registry of this heap. */
  readonly register: Registry;
  /** This isolate's seat in the heap; null when switched off. */
  #attachment: Attachment | null;

  /**
   * @param again Looks the heap's name up, for one that is only read.
   * @internal
   */
  constructor(attachment: Attachment | null, register?: Registry, again?: () => Attachment) {
    this.#attachment = attachment;
    const identity: RegistryIdentity = {
      key: 'default',
      heap: () => this.#attachment,
      ...(again && { succeed: () => this.#succeed(again) }),
    };
    this.register = register ?? new Registry(undefined, identity);
  }

  /** The heap is over: another one may have its name by now. */
  #succeed(again: () => Attachment): boolean {
    if (this.#attachment?.isClosed !== false) return false;
    try {
      const successor = again();
      this.#attachment.close();
      this.#attachment = successor;
      viewOf(this.register).location.changed();
      return true;
    } catch {
      return false;
    }
  }

  /** What there is to know of the heap now. Throws an `MpmetricsError` once it is closed. */
  info(): HeapInfo {
    const attachment = this.#attachment;
    if (attachment === null || attachment.isClosed) {
      throw new MpmetricsError(
        'MPMETRICS_CLOSED',
        isOff ? 'There is no heap, since MPMETRICS=off was set.' : 'This heap was closed.',
      );
    }
    return { ...callNative(() => attachment.native.info()), why: attachment.why };
  }

  /**
   * Leaves the heap. Metrics that are registered there go on without being counted. What this isolate has counted stays,
   * until the last writer leaves. Further calls change nothing.
   */
  close(): void {
    this.#attachment?.close();
  }

  /** What `using` calls at the end of a block: the same as `close()`. */
  declare [Symbol.dispose]: () => void;
}

Object.defineProperty(Heap.prototype, disposeSymbol(), {
  configurable: true,
  writable: true,
  value: function dispose(this: Heap): void {
    this.close();
  },
});

/**
 * Opens a heap by its name, or the default one. To join it is to be one more writer; the heap is there as long as anybody is. Throws an
 * `MpmetricsError`: `MPMETRICS_INVALID_NAME`, `MPMETRICS_NO_SUCH_HEAP` for one to read that nobody has made,
 * `MPMETRICS_NO_SHARED_MEMORY` and others.
 *
 * ```ts
 * const heap = open({ name: 'billing', mode: 'read' });
 * console.log(await heap.register.metrics());
 * heap.close();
 * ```
 */
export function open(options: OpenOptions = {}): Heap {
  if (options === null || typeof options !== 'object') {
    throw coded(new TypeError('open() expects an object'), 'MPMETRICS_BAD_ARGUMENT');
  }
  requireKnownOptions('open()', options, ['name', 'mode', 'seriesLimit']);
  const { name, mode = 'write', seriesLimit } = options;
  if (mode !== 'write' && mode !== 'read') {
    throw coded(
      new TypeError(`The mode of a heap is 'write' or 'read', not ${String(mode)}`),
      'MPMETRICS_BAD_ARGUMENT',
    );
  }
  if (seriesLimit !== undefined && !isSeriesLimit(seriesLimit)) {
    throw coded(
      new TypeError(`A limit of series is a whole number above 0, not ${inspect(seriesLimit)}`),
      'MPMETRICS_BAD_ARGUMENT',
    );
  }
  if (name !== undefined) requireHeapName(name, 'The name given to open()');
  if (isOff) return new Heap(null);
  const limit = { ...(seriesLimit !== undefined && { seriesLimit }) };
  if (name === undefined) return openDefault(mode, limit);
  const why = `opened by its name to ${mode}`;
  if (mode === 'write') return new Heap(Attachment.writer({ name, ...limit }, why));
  return reading(() => Attachment.reader({ name }, why));
}

/** Another seat in the default heap, or a look into it. */
function openDefault(mode: 'write' | 'read', limit: { seriesLimit?: number }): Heap {
  if (mode === 'write') return new Heap(discoveredAttachment(limit));
  const { name, id, why } = discover();
  return reading(() => Attachment.reader({ ...(name && { name }), ...(id && { id }) }, why));
}

/** A heap that is only read. When its last writer has left, it is the next one of that name. */
function reading(look: () => Attachment): Heap {
  return new Heap(look(), undefined, look);
}

/** The heap that metrics go to by default; null when switched off. @internal */
export function defaultHeap(): Heap | null {
  const attachment = defaultAttachment();
  return attachment && new Heap(attachment, globalRegistry);
}
