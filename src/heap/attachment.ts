// This isolate's seat in a heap: the native side, the arena, and how updates are made.

// oxlint-disable-next-line import/default -- the compiler makes one of `export =`
import builtin from '../builtin.cjs';
import { Arena, type Location } from './arena';
import { Collectors } from './collectors';
import { MpmetricsError, warn } from '../errors';
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
import { seriesLimit } from './series-limit';
import { ShortageReports } from './shortage';

/** How updates are made: `direct` by typed-array stores, `native` by calls into the binding. @internal */
export type Tier = 'direct' | 'native';

/** This isolate's seat in a heap. @internal */
export class Attachment {
  /** The native side. */
  readonly native: NativeHeap;
  /** The cells of this isolate, unless the heap was opened for reading. */
  readonly arena: Arena | null;
  /** The `collect` functions of this isolate there; none where the heap was opened for reading. */
  readonly collectors: Collectors | null;
  /** How updates are made. */
  readonly tier: Tier;
  /** Why it is this heap. */
  readonly why: string;
  /** The number of the heap in this isolate. */
  readonly handle: number;
  /** What a gauge's cell must carry for its value to count. */
  readonly incarnation: number;
  /** Whether the arena's arrays are the heap's own memory. */
  readonly isVisible: boolean;
  /** The names that this isolate has declared: to declare one of them otherwise is no conflict with others. */
  readonly #declared = new Set<string>();
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
   * Joins a heap as a writer, or makes it. Whoever joins it again in this isolate shares the seat. Throws
   * `MpmetricsError`.
   *
   * @param why Why it is this heap, for display.
   */
  static writer(options: HeapOptions, why: string): Attachment {
    const key = options.name === undefined ? `id:${options.id ?? ''}` : `name:${options.name}`;
    const joined = joinedHeaps();
    let entry = joined.get(key);
    if (entry === undefined) {
      const native = attach({
        seriesLimit: seriesLimit(),
        ...options,
        thread: builtin.workerThreads().threadId,
      });
      if (native.foreignLayout != null) warnOfLayout(native.foreignLayout);
      if (native.isPartial) warnOfParts();
      entry = { native, collectors: new Collectors(native), holders: 0 };
      // A private heap is this process's own: its server listens if there is one.
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

  /** Opens a heap for reading. Throws `MpmetricsError`. */
  static reader(options: HeapOptions, why: string): Attachment {
    const native = observe(options);
    return new Attachment(native, null, why, () => native.close());
  }

  /** Whether the seat was given up. */
  get isClosed(): boolean {
    return this.#release === null;
  }

  /** Gives the seat up. Metrics that still have it go on without being counted. */
  close(): void {
    this.#release?.();
    this.#release = null;
  }

  /** Where a place of this isolate's arena is in its arrays, or null when it can't be seen from here. */
  locate(place: number): Location | null {
    return this.isVisible && this.arena !== null ? this.arena.locate(place) : null;
  }

  /** The number of the registry with that key, or -1 when it can't be had: one that only reads makes none. */
  registry(key: string): number {
    const { native } = this;
    const find = (): number | null =>
      this.arena === null ? native.findRegistry(key) : native.registry(key);
    return this.attempt('a registry', find) ?? -1;
  }

  /** Whether any isolate has made a registry with that key, which this does not. */
  hasRegistry(key: string): boolean {
    try {
      return !this.isClosed && this.native.findRegistry(key) !== null;
    } catch {
      return false;
    }
  }

  /** Whether other processes may have a seat, too. */
  get isShared(): boolean {
    return !this.isClosed && callNative(() => this.native.info()).shared;
  }

  /** Throws an `MpmetricsError` unless metrics can be declared here. */
  requireWriter(name: string): void {
    if (this.arena !== null) return;
    throw new MpmetricsError(
      'MPMETRICS_BAD_ARGUMENT',
      `The metric ${name} can't be made in a heap that was opened for reading. Open it with mode: 'write'.`,
    );
  }

  /**
   * Declares a family and returns its number, or null when the heap has no room for it: the user is told once. Throws an
   * `MpmetricsError` for what no family can be.
   */
  declare(spec: FamilySpec): number | null {
    const declare = (): number => callNative(() => this.native.declare(spec));
    const number = this.attempt(`the metric ${spec.name}`, declare, isRefusal);
    if (number !== null && !this.#declared.has(spec.name) && this.native.conflicted(number)) {
      warn(
        'MPMETRICS_CONFLICT',
        `The metric ${spec.name} has another type, other labels, buckets or aggregator in another process. Until that ` +
          'one has ended, what is scraped shows its values only.',
      );
    }
    this.#declared.add(spec.name);
    return number;
  }

  /**
   * Binds a series, and returns where its cell is, or null when it can't be had now: the user is told once. Never throws.
   *
   * @param name The family's name.
   * @param text The labels as they are printed.
   * @param pairs The same as names and values in turn, for where the short way fails.
   * @param isAgain Whether this was tried before: what is dropped is counted once.
   */
  bind(
    family: number,
    name: string,
    text: string,
    pairs: () => string[],
    isAgain: boolean,
  ): Binding | null {
    const { native } = this;
    if (this.isClosed) return null;
    try {
      const entry = this.isVisible ? this.entryOf(family, text, isAgain) : -1;
      let binding = entry > 0 ? (this.arena as Arena).bindingAt(entry) : null;
      // An error, or another isolate has removed the series in between.
      const isUnclear = binding === null ? entry !== 0 : binding.generation === 0;
      if (isUnclear) binding = native.bind(family, pairs(), isAgain);
      if (binding === null) {
        this.#reports.dropped(name, native.lastShortage, native.lastRefusal);
      }
      return binding;
    } catch (error) {
      this.#reports.failed(`the metric ${name}`, error);
      return null;
    }
  }

  /** Binds a series, and returns the place of its entry in this isolate's directory: 0 if it can't be had, -1 for an error. */
  entryOf(family: number, text: string, isAgain: boolean): number {
    return seriesEntry(this.handle, family, text, isAgain);
  }

  /**
   * Does what may fail for want of memory, or because the heap was closed, and gives null when it does: the user is told
   * once.
   *
   * @param subject What it is done to, for that.
   * @param isFatal Which errors are thrown on. Default: none.
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
      this.#reports.failed(subject, error);
      return null;
    }
  }

  /**
   * Whether the arrays of the arena are the heap's own memory: some runtimes quietly hand out a copy. So the native side
   * changes the sentinel, and JavaScript looks for it.
   */
  #sharesMemory(): boolean {
    const { arena, handle } = this;
    const first = arena?.first;
    if (first === undefined) return false;
    const before = first.f64[layout.sentinel] as number;
    const epoch = first.place + layout.spaceEpoch;
    // The epoch serves as a generation word, which every update needs; others may move it at any time.
    for (let tries = 0; tries < 8; tries += 1) {
      if (counterAdd(handle, first.place + layout.sentinel, epoch, this.spaceEpoch, 1)) break;
    }
    const isShared = first.f64[layout.sentinel] === before + 1;
    first.f64[layout.sentinel] = layout.sentinelValue;
    return isShared;
  }

  /** Why the last series that could not be had could not. */
  get lastShortage(): NativeHeap['lastShortage'] {
    return this.isClosed ? null : this.native.lastShortage;
  }

  /** A number that moves when memory was freed, so that what was dropped tries again. */
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
