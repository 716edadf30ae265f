// This isolate's connection to a heap: the native object, the arena, and the tier of updates.

import { Arena, type Location } from './arena';
import { Collectors } from './collectors';
import { ConflictReports } from './conflicts';
import { MpmetricsError, warn } from '../errors';
import { keepTime } from './keep';
import { joinedHeaps } from './open-heaps';
import {
  attach,
  callNative,
  counterAdd,
  layout,
  mayStoreDirectly,
  observe,
  seriesEntry,
} from './native';
import type { Binding, FamilySpec, HeapOptions, NativeHeap } from './native';
import { seriesLimits } from './series-limit';
import { ShortageReports, type ShortFamily } from './shortage';
import { threadNumber } from './thread-number';

/** The kind of updates: `direct` stores through typed arrays, `native` calls the binding. @internal */
export type Tier = 'direct' | 'native';

/** This isolate's connection to a heap. @internal */
export class Attachment {
  /** The native object. */
  readonly native: NativeHeap;
  /** The arena of this isolate; null for a reader. */
  readonly arena: Arena | null;
  /** The `collect` functions of this isolate in the heap; null for a reader. */
  readonly collectors: Collectors | null;
  /** The kind of updates. */
  readonly tier: Tier;
  /** The reason for the choice of this heap. */
  readonly why: string;
  /** The number of the heap in this isolate. */
  readonly handle: number;
  /** The incarnation of this writer, which its gauge cells carry. */
  readonly incarnation: number;
  /** Whether the arrays of the arena are views of the heap's memory. */
  readonly isVisible: boolean;
  readonly #conflicts = new ConflictReports();
  readonly #reports = new ShortageReports();
  #release: (() => void) | null;

  private constructor(
    native: NativeHeap,
    collectors: Collectors | null,
    why: string,
    release: () => void,
  ) {
    const isWriter = collectors !== null;
    this.native = native;
    this.collectors = collectors;
    this.why = why;
    this.#release = release;
    this.arena = isWriter ? new Arena(native) : null;
    this.handle = isWriter ? native.handle : -1;
    this.isVisible = this.#sharesMemory();
    this.tier = mayStoreDirectly && this.isVisible ? 'direct' : 'native';
    this.incarnation = isWriter ? native.incarnation : 0;
  }

  /**
   * Joins a heap as a writer, and makes the heap if it is missing. A second call in this isolate shares the writer.
   * Throws an `MpmetricsError`.
   *
   * @param why The reason for the choice of this heap, for display.
   */
  static writer(options: HeapOptions, why: string): Attachment {
    const key = options.name === undefined ? `id:${options.id ?? ''}` : `name:${options.name}`;
    const joined = joinedHeaps();
    let entry = joined.get(key);
    if (entry === undefined) {
      const native = attach({
        ...seriesLimits(),
        keep: keepTime(),
        ...options,
        thread: threadNumber(),
      });
      if (native.foreignLayout != null) warnOfLayout(native.foreignLayout);
      if (native.isPartial) warnOfParts();
      entry = { native, collectors: new Collectors(native), holders: 0 };
      // A private heap has no other processes. There, only `startHttpServer` listens.
      if (options.name !== undefined) entry.collectors.listen();
      joined.set(key, entry);
    }
    const { native, collectors } = entry;
    entry.holders += 1;
    return new Attachment(native, collectors, why, () => {
      entry.holders -= 1;
      if (entry.holders > 0) return;
      joined.delete(key);
      native.close();
    });
  }

  /** Opens a heap for reading. Throws an `MpmetricsError`. */
  static reader(options: HeapOptions, why: string): Attachment {
    const native = observe(options);
    return new Attachment(native, null, why, () => native.close());
  }

  /** Whether the connection was closed. */
  get isClosed(): boolean {
    return this.#release === null;
  }

  /** Closes the connection. Metrics that still use it count no more. */
  close(): void {
    this.#release?.();
    this.#release = null;
  }

  /**
   * The array and index of a place in this isolate's arena. Null: the arrays are no views of the heap, or the place is
   * outside of the arena.
   */
  locate(place: number): Location | null {
    return this.isVisible && this.arena !== null ? this.arena.locate(place) : null;
  }

  /** The number of the registry with that key, or -1 if it cannot be made. A reader makes none. */
  registry(key: string): number {
    const { native } = this;
    const find = (): number | null =>
      this.arena === null ? native.findRegistry(key) : native.registry(key);
    return this.attempt('a registry', find) ?? -1;
  }

  /** Whether any isolate has made a registry with that key. This call makes none. */
  hasRegistry(key: string): boolean {
    try {
      return !this.isClosed && this.native.findRegistry(key) !== null;
    } catch {
      return false;
    }
  }

  /** Whether other processes can join the heap. */
  get isShared(): boolean {
    return !this.isClosed && callNative(() => this.native.info()).shared;
  }

  /** Throws an `MpmetricsError` unless metrics can be declared through this connection. */
  requireWriter(name: string): void {
    if (this.arena !== null) return;
    throw new MpmetricsError(
      'MPMETRICS_BAD_ARGUMENT',
      `The metric ${name} can't be made in a heap that was opened for reading. Open it with mode: 'write'.`,
    );
  }

  /**
   * Declares a family and returns its number. Null: there is no room, and the user is warned once. Throws an
   * `MpmetricsError` for an invalid declaration.
   */
  declare(spec: FamilySpec): number | null {
    const declare = (): number => callNative(() => this.native.declare(spec));
    const number = this.attempt(`the metric ${spec.name}`, declare, isRefusal);
    this.#conflicts.declared(spec.name, number, this);
    return number;
  }

  /**
   * Binds a series, and returns the place of its cell. Null: the series cannot be made now, and the user is warned
   * once. Never throws.
   *
   * @param subject The family, for the warning.
   * @param text The labels as they are printed.
   * @param pairs The labels as names and values in turn, if the call with `text` fails.
   * @param isAgain Whether this series was dropped before, and thus counted.
   */
  bind(
    family: number,
    subject: ShortFamily,
    text: string,
    pairs: () => string[],
    isAgain: boolean,
  ): Binding | null {
    const { native } = this;
    if (this.isClosed) return null;
    try {
      const entry = this.isVisible ? this.entryOf(family, text, isAgain) : -1;
      let binding = entry > 0 ? (this.arena as Arena).bindingAt(entry) : null;
      // An error, or another isolate has removed the series meanwhile.
      const isUnclear = binding === null ? entry !== 0 : binding.generation === 0;
      if (isUnclear) binding = native.bind(family, pairs(), isAgain);
      if (binding === null) this.#reports.dropped(subject, native);
      return binding;
    } catch (error) {
      this.#failed(`the metric ${subject.name}`, error);
      return null;
    }
  }

  /** Binds a series, and returns the place of its directory entry. 0: the series cannot be made now. -1: an error. */
  entryOf(family: number, text: string, isAgain: boolean): number {
    return seriesEntry(this.handle, family, text, isAgain);
  }

  /**
   * Calls a function that may fail for want of memory or because the heap was closed. After a failure it returns null,
   * and the user is warned once.
   *
   * @param subject The object of the call, for the warning.
   * @param isFatal Selects the errors that are thrown again. Default: none.
   */
  attempt<Result>(
    subject: string,
    call: () => Result,
    isFatal?: (error: unknown) => boolean,
  ): Result | null {
    if (this.isClosed) return null;
    try {
      return call();
    } catch (error) {
      if (isFatal?.(error)) throw error;
      this.#failed(subject, error);
      return null;
    }
  }

  /** Reports a failed operation. Damage of the heap concerns all metrics, so one report is enough. */
  #failed(subject: string, error: unknown): void {
    const isDamage = (error as { code?: string }).code === 'MPMETRICS_CORRUPT';
    if (isDamage && this.arena !== null) this.arena.warnOfDamage(error);
    else this.#reports.failed(subject, error);
  }

  /**
   * Whether the arrays of the arena are views of the heap's memory. Some runtimes silently copy the memory. So the
   * native side changes the sentinel, and JavaScript looks for the change.
   */
  #sharesMemory(): boolean {
    const { arena, handle } = this;
    const first = arena?.first;
    if (first === undefined) return false;
    const before = first.f64[layout.sentinel] as number;
    const epoch = first.place + layout.spaceEpoch;
    // The call needs a generation word, and the epoch serves as one. Other writers may change it at any time.
    for (let tries = 0; tries < 8; tries += 1) {
      if (counterAdd(handle, first.place + layout.sentinel, epoch, this.spaceEpoch, 1)) break;
    }
    const isShared = first.f64[layout.sentinel] === before + 1;
    first.f64[layout.sentinel] = layout.sentinelValue;
    return isShared;
  }

  /** Why the last series that this isolate could not make could not be made. */
  get lastShortage(): NativeHeap['lastShortage'] {
    return this.isClosed ? null : this.native.lastShortage;
  }

  /** How the declaration of a family differs from that of another live process; null if it does not. */
  rival(name: string, family: number): ReturnType<NativeHeap['rival']> {
    return this.attempt(`the metric ${name}`, () => this.native.rival(family));
  }

  /** A number that changes when memory was freed, so that dropped series try again. */
  get spaceEpoch(): number {
    const first = this.arena?.first;
    return first?.u32[2 * layout.spaceEpoch] ?? 0;
  }
}

function warnOfLayout(foreign: number): void {
  warn(
    'MPMETRICS_LAYOUT_MISMATCH',
    `Processes with another version of mpmetrics have a heap of the same name (layout ${foreign}, here ` +
      `${layout.version}). Their metrics and those of this process are apart: install one version in all of them.`,
  );
}

function warnOfParts(): void {
  warn(
    'MPMETRICS_PARTIAL',
    'The files of the heap that this application shares were removed while it ran (by hand, or by systemd when its user ' +
      'logged out: RemoveIPC). Processes that started before and since count in two heaps, and each page shows one of ' +
      'them: restart the application.',
  );
}

function isRefusal(error: unknown): boolean {
  return error instanceof MpmetricsError && error.code === 'MPMETRICS_BAD_ARGUMENT';
}
