// What the server's thread and the isolate that started it tell each other.

import type { HeapOptions } from '../heap/native';
import type { Encoding } from '../heap/request';
import type { FormatOptions } from './negotiation';

/** What the thread shows. @internal */
export interface Shown {
  /**
   * The heap to read; null where metrics are switched off, and every scrape is empty. Without an id, the next heap of that
   * name is read when this one is over.
   */
  readonly heap: HeapOptions | null;
  /** The id of the heap now. */
  readonly id: string | null;
  /** The numbers of the registries in the heap of that id, which are the same for all who look into it. */
  readonly registries: readonly number[];
  /** Their keys, by which they are found in another heap. */
  readonly keys: readonly string[];
}

/** What the thread is given to begin with. @internal */
export interface ThreadSettings extends Shown {
  readonly port: number;
  readonly host: string | undefined;
  readonly path: string;
  /** The longest wait for what other isolates have to do for a scrape, in milliseconds. */
  readonly collectWait: number;
  /** Whether the heap's own metrics are shown. */
  readonly own: boolean;
  /** The formats of the operator's choice. */
  readonly formats: FormatOptions;
  /** Whether the isolate that started the thread has metrics that are in no heap now. */
  readonly hasForeign: boolean;
}

/** What the thread says. @internal */
export type FromThread =
  /** It serves, or stands by because a server of the same heap does: `startHttpServer` is done. */
  | { readonly kind: 'started'; readonly port: number }
  /** It cannot start. */
  | { readonly kind: 'failed'; readonly code: string; readonly message: string }
  /** What do the metrics say that are in no heap? */
  | { readonly kind: 'ask'; readonly encoding: Encoding };

/** What the thread is told. @internal */
export type ToThread =
  /** The isolate answers at all, and is about to ask such metrics; or has none. */
  | { readonly kind: 'answering'; readonly hasForeign: boolean }
  /** The registries are elsewhere now: they have other numbers, or are in another heap. */
  | { readonly kind: 'moved'; readonly shown: Shown }
  /** `foreign` are their expositions. */
  | { readonly kind: 'answered'; readonly foreign: Uint8Array[] }
  /** Close. */
  | { readonly kind: 'close' };
