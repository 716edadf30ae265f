// The identity of a registry: a key in a heap. Registries with the same key are one, across processes and threads.

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
  /** This isolate's connection to the heap; null without a heap. */
  readonly heap: () => Attachment | null;
  /** The clean-up after a private registry; null for one that is shared. */
  readonly finalizer?: Finalizer | null;
  /** Checks that the key is still right. Other isolates may have found out that the registries of one call site differ. */
  confirm?(attachment: Attachment): void;
  /** Goes to the next heap of the name if the present one has ended. Returns whether there is one. */
  succeed?(): boolean;
}

/** The identity of a registry that no other isolate has. @internal */
export function privateIdentity(): RegistryIdentity {
  return new PrivateIdentity();
}

/** Takes a key only when it is needed: merged registries and registries made from data often need none. */
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

/** The runs of a call site in this isolate, over all evaluations of this file. */
interface Runs {
  count: number;
  /** Makes the first registry of the call site private. */
  withdraw: () => void;
}
const CALL_SITES = Symbol.for('mpmetrics.callSites');
const callSites: Map<string, Runs> = ((globalThis as { [CALL_SITES]?: Map<string, Runs> })[
  CALL_SITES
] ??= new Map<string, Runs>());

/**
 * The identity of a registry without a name. Registries of one call site are one registry, across processes and
 * threads, if each isolate makes one there. If an isolate makes two, the first of one isolate may not be the first of
 * another. Then all registries of that call site are private, and a warning says so. Other isolates find this out at
 * their next scrape.
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
   * @param callee The function that user code calls to make the registry: its class.
   * @param onMoved Called when the key changes.
   */
  constructor(callee: Function, onMoved: () => void) {
    this.#trace = traceAbove(callee);
    this.#onMoved = onMoved;
  }

  /** The first access counts as a run of the call site. So unused registries do not count. */
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
    // Set before the first registry moves, because a metric in both registries asks this one for its key.
    this.#key = this.#privateKey();
    if (runs.count === 2) {
      runs.withdraw();
      const attachment = this.heap();
      // This registry is a mark for the other isolates.
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

/** The key of an empty registry. It says that an isolate has run a call site twice. */
function markOf(callSite: string): string {
  return `twice:${callSite}`;
}

function warnOf(callSite: string): void {
  warn(
    'MPMETRICS_UNNAMED_REGISTRY',
    `Several registries without a name are made at ${callSite}, so processes and threads cannot share ` +
      'them: each registry is private to its thread. To share them, name them: new Registry({ name }). If each is to be ' +
      'private, say so: new Registry({ shared: false }).',
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

/** The key of the global registry, which all processes share without a name. */
const DEFAULT = 'default';

/**
 * The identity of the global registry. If its file is evaluated again, as after `jest.resetModules()`, the registry
 * begins empty. In a private heap it is another registry then. In a shared heap it replaces the one before.
 *
 * @param withdraw Withdraws the metrics that this evaluation has registered.
 * @internal
 */
export function globalIdentity(withdraw: () => void): RegistryIdentity {
  const before = evaluate(withdraw);
  const isAnother = before.count > 0 && discover().name === undefined;
  if (before.count > 0 && !isAnother) before.withdraw();
  return { key: isAnother ? `${DEFAULT}:${before.count}` : DEFAULT, heap: defaultAttachment };
}
