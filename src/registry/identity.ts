// Where registries are: under which key, and in which heap. Who has the same is the same registry.

import type { Attachment } from '../heap/attachment';
import { warn } from '../errors';
import { discover } from '../discovery/discovery';
import { estateOf, type Estate } from './finalizer';
import { evaluate } from '../globals';
import { placeOf, traceAbove, type Trace } from './call-site';
import { defaultAttachment } from '../discovery/default-heap';

/** Where a registry is. @internal */
export interface Home {
  /** The key in that heap. */
  readonly key: string;
  /** This isolate's seat in the heap; null where there is none. */
  readonly seat: () => Attachment | null;
  /** What is left of a registry that is this isolate's own; null for one that others have, too. */
  readonly estate?: Estate | null;
  /** Looks whether the key is still the right one. */
  confirm?(attachment: Attachment): void;
  /** Looks for the successor of a heap that is over. Returns whether there is one. */
  succeed?(): boolean;
}

/** The home of a registry that is this isolate's own. @internal */
export function privateHome(): Home {
  return new PrivateHome();
}

/** Has a key when it is asked for the first time: many a registry is merged or made of data, and never in a heap. */
class PrivateHome implements Home {
  readonly seat = defaultAttachment;
  estate: Estate | null = null;

  get key(): string {
    return (this.estate ??= estateOf(this)).key;
  }
}

/** The home of registries of that name. @internal */
export function namedHome(name: string): Home {
  return { key: `name:${name}`, seat: defaultAttachment };
}

/** How often this isolate has run a place, however often this file was evaluated. */
interface Runs {
  count: number;
  /** Has the first registry of the place go where it is alone. */
  withdraw: () => void;
}
const PLACES = Symbol.for('mpmetrics.places');
const places: Map<string, Runs> = ((globalThis as { [PLACES]?: Map<string, Runs> })[PLACES] ??=
  new Map<string, Runs>());

/**
 * The home of a registry without a name. Those that are made at one place in the code are one, across processes and
 * threads, as long as each isolate makes one there. When one makes two, nobody can tell which of them belong together:
 * then all of that place are their isolates' own, and the user is told. Those who have made one hear of it when they
 * are scraped.
 * @internal
 */
export class UnnamedHome implements Home {
  readonly seat = defaultAttachment;
  estate: Estate | null = null;
  #trace: Trace | null;
  #place: string | null = null;
  #key: string | null = null;
  readonly #onMove: () => void;

  /**
   * @param callee What the code calls to make the registry: its class.
   * @param onMove Called when the key is another one.
   */
  constructor(callee: Function, onMove: () => void) {
    this.#trace = traceAbove(callee);
    this.#onMove = onMove;
  }

  /** Counts as a run of the place when it is asked for the first time: registries that nobody uses are no matter. */
  get key(): string {
    return (this.#key ??= this.#begin());
  }

  #privateKey(): string {
    this.estate = estateOf(this);
    return this.estate.key;
  }

  #begin(): string {
    const place = placeOf(this.#trace as Trace);
    this.#trace = null;
    if (place === null) return this.#privateKey();
    const runs = places.get(place);
    if (runs === undefined) {
      const home = new WeakRef(this);
      places.set(place, { count: 1, withdraw: () => home.deref()?.withdraw() });
      this.#place = place;
      return keyOf(place);
    }
    runs.count += 1;
    // Before the first one moves: a metric that is in both asks this one where it is.
    this.#key = this.#privateKey();
    if (runs.count === 2) {
      runs.withdraw();
      const attachment = this.seat();
      // For the others to find.
      attachment?.registry(markOf(place));
      if (attachment?.isShared) warnOf(place);
    }
    return this.#key;
  }

  confirm(attachment: Attachment): void {
    if (this.#place === null || !attachment.hasRegistry(markOf(this.#place))) return;
    warnOf(this.#place);
    this.withdraw();
  }

  /** Is this isolate's own from now on. */
  withdraw(): void {
    this.#place = null;
    this.#key = this.#privateKey();
    this.#onMove();
  }
}

function keyOf(place: string): string {
  return `place:${place}`;
}

/** A registry that says that somebody has run a place twice. */
function markOf(place: string): string {
  return `twice:${place}`;
}

function warnOf(place: string): void {
  warn(
    'MPMETRICS_UNNAMED_REGISTRY',
    `Several registries without a name are made at ${place}, so that those of other processes and threads are not the ` +
      'same as theirs: each is private to the thread that makes it. To share them, name them: new Registry({ name }).',
  );
}

/** The key of the registry that all processes share without having named it. */
const DEFAULT = 'default';

/**
 * The home of the global registry. When its file is evaluated again, as after `jest.resetModules()`, it begins empty: in
 * a heap of this process's own as another one; in a shared heap as the same, in place of the one before.
 *
 * @param withdraw Withdraws what this evaluation will have registered.
 * @internal
 */
export function globalHome(withdraw: () => void): Home {
  const before = evaluate(withdraw);
  const isAnother = before.count > 0 && discover().name === undefined;
  if (before.count > 0 && !isAnother) before.withdraw();
  return { key: isAnother ? `${DEFAULT}:${before.count}` : DEFAULT, seat: defaultAttachment };
}
