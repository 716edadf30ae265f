// Opening a heap by its name.

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
import { isSeriesLimit, type SeriesLimits } from './heap/series-limit';

/** The options of `open()`. */
export interface OpenOptions {
  /**
   * The heap's name: 1 to 64 of the characters `A-Z a-z 0-9 _ . -`, not beginning with a dot. Default: the default
   * heap, to which metrics go.
   */
  name?: string;
  /**
   * `write` (the default) joins the heap, or makes it. `read` only reads, also from outside the application. After the
   * last writer has left, `metrics()` of a reader rejects with `MPMETRICS_CLOSED`, until there is another heap of that
   * name.
   */
  mode?: 'write' | 'read';
  /**
   * The most series of a metric that this process or thread makes there. Further ones are dropped, counted and
   * reported. Default: `MPMETRICS_SERIES_LIMIT`, or 100,000. If the process or thread has joined the heap already, the
   * first limit stays.
   */
  seriesLimit?: number;
  /**
   * The most series of the whole heap. When the heap has as many, this process or thread makes no further one there. Such
   * a series is treated like one above `seriesLimit`. The series of a metric without labels is always made. Default:
   * `MPMETRICS_MAX_SERIES`, or no limit.
   */
  maxSeries?: number;
}

/** A present or past writer of a heap: a process or thread. */
export interface HeapWriter {
  /** The number of its slot. */
  slot: number;
  /** Whether the writer lives. */
  live: boolean;
  /** How many writers have had the slot, including this one. */
  incarnation: number;
  /** The process, as its own pid namespace numbers it. */
  pid: number;
  /** The thread in its process, 0 for the main one. */
  thread: number;
  /** When the writer joined, in seconds since the Unix epoch. */
  startedAt: number;
}

/** The state of a heap. */
export interface HeapInfo {
  /** Its name; null if it is private to this process. */
  name: string | null;
  /** The reason for the choice of this heap. */
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
  /** The bytes in use. */
  usedBytes: number;
  /** The number of series. */
  series: number;
  /** The number of families that were declared so far, those of this package itself included. */
  families: number;
  /** The slot of this isolate; null for a reader. */
  slot: number | null;
  /** How many writers have had that slot, including this one. */
  incarnation: number | null;
  /** How many slots were adopted from dead writers. */
  adoptions: number;
  /** How many declarations differed from an earlier one of the same name. */
  conflicts: number;
  /** How many series could not be made, each counted once. */
  droppedSeries: number;
  /** How many of these were dropped for want of memory. */
  droppedFull: number;
  /** How many of these were dropped because the lock of the label map was held for too long. */
  droppedBusy: number;
  /** How many of these were dropped because their metric, or the heap, had reached its limit. */
  droppedLimit: number;
  /** How many reads were repeated because a writer changed the data meanwhile. */
  retries: number;
  /** How often a thread with `collect` functions did not answer a scrape in time. */
  unanswered: number;
  /** When the heap was made, in seconds since the Unix epoch. */
  createdAt: number;
  /** All slots. */
  writers: HeapWriter[];
}

/**
 * An open heap. Metrics are registered in its registry:
 *
 * ```ts
 * using heap = open({ name: 'billing' });
 * const invoices = new Counter({ name: 'invoices_total', help: 'Invoices sent', registers: [heap.register] });
 * ```
 */
export class Heap {
  /** The default registry of this heap. */
  readonly register: Registry;
  /** This isolate's connection to the heap; null if metrics are switched off. */
  #attachment: Attachment | null;

  /**
   * @param again Opens the next heap of the name, for a reader.
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

  /** The heap has ended, and another one may have its name. */
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

  /** The present state of the heap. Throws an `MpmetricsError` after `close()`. */
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
   * Leaves the heap. Metrics that are registered there count no more. The values of this isolate stay until the last
   * writer leaves. Further calls change nothing.
   */
  close(): void {
    this.#attachment?.close();
  }

  /** The same as `close()`, for the end of a `using` block. */
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
 * Opens a heap by its name, or the default heap. The heap exists as long as any process or thread has it open for
 * writing. Throws an `MpmetricsError`: `MPMETRICS_INVALID_NAME`, `MPMETRICS_NO_SUCH_HEAP` for a reader if there is no
 * such heap, `MPMETRICS_NO_SHARED_MEMORY` and others.
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
  requireKnownOptions('open()', options, ['name', 'mode', 'seriesLimit', 'maxSeries']);
  const { name, mode = 'write', seriesLimit, maxSeries } = options;
  if (mode !== 'write' && mode !== 'read') {
    throw coded(
      new TypeError(`The mode of a heap is 'write' or 'read', not ${String(mode)}`),
      'MPMETRICS_BAD_ARGUMENT',
    );
  }
  for (const limit of [seriesLimit, maxSeries]) {
    if (limit === undefined || isSeriesLimit(limit)) continue;
    throw coded(
      new TypeError(`A limit of series is a whole number above 0, not ${inspect(limit)}`),
      'MPMETRICS_BAD_ARGUMENT',
    );
  }
  if (name !== undefined) requireHeapName(name, 'The name given to open()');
  if (isOff) return new Heap(null);
  const limits = {
    ...(seriesLimit !== undefined && { seriesLimit }),
    ...(maxSeries !== undefined && { maxSeries }),
  };
  if (name === undefined) return openDefault(mode, limits);
  const why = `opened by its name to ${mode}`;
  if (mode === 'write') return new Heap(Attachment.writer({ name, ...limits }, why));
  return reading(() => Attachment.reader({ name }, why));
}

/** Opens the default heap, for writing or for reading. */
function openDefault(mode: 'write' | 'read', limits: Partial<SeriesLimits>): Heap {
  if (mode === 'write') return new Heap(discoveredAttachment(limits));
  const { name, id, why } = discover();
  return reading(() => Attachment.reader({ ...(name && { name }), ...(id && { id }) }, why));
}

/** A reader's heap. After the last writer has left, the reader goes on with the next heap of that name. */
function reading(openNext: () => Attachment): Heap {
  return new Heap(openNext(), undefined, openNext);
}

/** The heap that metrics go to by default; null when switched off. @internal */
export function defaultHeap(): Heap | null {
  const attachment = defaultAttachment();
  return attachment && new Heap(attachment, globalRegistry);
}
