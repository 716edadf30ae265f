// Which registry it is: a key in a heap. Registries with the same key are one, across processes and threads.

import type { Attachment } from '../heap/attachment';
import { warn } from '../errors';
import { discover } from '../discovery/discovery';
import { finalizerOf, type Finalizer } from './finalizer';
import { evaluate } from '../globals';
import { callSiteOf, traceAbove, type Trace } from './call-site';
import { defaultAttachment } from '../discovery/default-heap';

/** A registry's key, and its heap. @internal */
export interface RegistryIdentity {
  /** The key in that heap. */
  readonly key: string;
  /** This isolate's seat in the heap; null where there is none. */
  readonly heap: () => Attachment | null;
  /** The clean-up after a private registry; null for one that is shared. */
  readonly finalizer?: Finalizer | null;
  /** Checks that the key is still right: other isolates may have shown that its registries differ. */
  confirm?(attachment: Attachment): void;
  /** Looks for the successor of a heap that is over. Returns whether there is one. */
  succeed?(): boolean;
}

/** The identity of a registry that no other isolate has. @internal */
export function privateIdentity(): RegistryIdentity {
  return new PrivateIdentity();
}

/** Takes a key when it is first asked for one: merged registries, and those made of data, often need none. */
class PrivateIdentity implements RegistryIdentity {
  readonly heap = defaultAttachment;
  finalizer: Finalizer | null = null;

  get key(): string {
    return (this.finalizer ??= finalizerOf(this)).key;
  }
}

/** The identity of registries with that name. @internal */
export function namedIdentity(name: string): RegistryIdentity {
  return { key: `name:${name}`, heap: defaultAttachment };
}

/** How often this isolate has run a call site, however often this file was evaluated. */
interface Runs {
  count: number;
  /** Makes the first registry of the call site private. */
  withdraw: () => void;
}
const CALL_SITES = Symbol.for('mpmetrics.places');
const callSites: Map<string, Runs> = ((globalThis as { [CALL_SITES]?: Map<string, Runs> })[
  CALL_SITES
] ??= new Map<string, Runs>());

/**
 * The identity of a registry without a name. Registries that are made at one call site are one, across processes and
 * threads, as long as each isolate makes one there. When an isolate makes two, the first
 * of one isolate need not be the first of another: then all of that call site are private, and a warning says so. Other
 * isolates that have made one find out when they are scraped.
 * @internal
 */
export class UnnamedIdentity implements RegistryIdentity {
  readonly heap = defaultAttachment;
  finalizer: Finalizer | null = null;
  #trace: Trace | null;
  #callSite: string | null = null;
  #key: string | null = null;
  readonly #onMoved: () => void;

  /**
   * @param callee The function that the code calls to make the registry: its class.
   * @param onMoved Called when the key changes.
   */
  constructor(callee: Function, onMoved: () => void) {
    this.#trace = traceAbove(callee);
    this.#onMoved = onMoved;
  }

  /** Counts as a run of the call site when it is first asked for: unused registries do not count. */
  get key(): string {
    return (this.#key ??= this.#begin());
  }

  #privateKey(): string {
    this.finalizer = finalizerOf(this);
    return this.finalizer.key;
  }

  #begin(): string {
    const callSite = callSiteOf(this.#trace as Trace);
    this.#trace = null;
    if (callSite === null) {
      if (this.heap()?.isShared === true) warnOfNoCallSite();
      return this.#privateKey();
    }
    const runs = callSites.get(callSite);
    if (runs === undefined) {
      const identity = new WeakRef(this);
      callSites.set(callSite, { count: 1, withdraw: () => identity.deref()?.withdraw() });
      this.#callSite = callSite;
      return keyOf(callSite);
    }
    runs.count += 1;
    // Before the first registry moves: a metric that is in both asks this one for its key.
    this.#key = this.#privateKey();
    if (runs.count === 2) {
      runs.withdraw();
      const attachment = this.heap();
      // The mark tells the other isolates.
      attachment?.registry(markOf(callSite));
      if (attachment?.isShared) warnOf(callSite);
    }
    return this.#key;
  }

  confirm(attachment: Attachment): void {
    if (this.#callSite === null || !attachment.hasRegistry(markOf(this.#callSite))) return;
    warnOf(this.#callSite);
    this.withdraw();
  }

  /** Makes the registry private. */
  withdraw(): void {
    this.#callSite = null;
    this.#key = this.#privateKey();
    this.#onMoved();
  }
}

function keyOf(callSite: string): string {
  return `place:${callSite}`;
}

/** The key of an empty registry which says that an isolate has run a call site twice. */
function markOf(callSite: string): string {
  return `twice:${callSite}`;
}

function warnOf(callSite: string): void {
  warn(
    'MPMETRICS_UNNAMED_REGISTRY',
    `Several registries without a name are made at ${callSite}, so that those of other processes and threads are not the ` +
      'same as theirs: each is private to the thread that makes it. To share them, name them: new Registry({ name }). If ' +
      'each is to be private, say so: new Registry({ shared: false }).',
  );
}

let hasWarned = false;

function warnOfNoCallSite(): void {
  if (hasWarned) return;
  hasWarned = true;
  warn(
    'MPMETRICS_UNNAMED_REGISTRY',
    'A registry without a name is not shared with other processes and threads, as it cannot be told where in the code it ' +
      'is made: the code was made of text, or Error.prepareStackTrace or Error.stackTraceLimit hides the place. To share ' +
      'it, name it: new Registry({ name }).',
  );
}

/** The key of the registry that all processes share without having named it. */
const DEFAULT = 'default';

/**
 * The identity of the global registry. When its file is evaluated again, as after `jest.resetModules()`, it begins empty:
 * in a heap of this process's own as another one; in a shared heap as the same, in place of the one before.
 *
 * @param withdraw Withdraws the metrics that this evaluation will have registered.
 * @internal
 */
export function globalIdentity(withdraw: () => void): RegistryIdentity {
  const before = evaluate(withdraw);
  const isAnother = before.count > 0 && discover().name === undefined;
  if (before.count > 0 && !isAnother) before.withdraw();
  return { key: isAnother ? `${DEFAULT}:${before.count}` : DEFAULT, heap: defaultAttachment };
}
