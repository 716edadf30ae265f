// What the server's thread and the isolate that started it tell each other.

import type { HeapOptions } from '../native';
import type { Format } from '../scrape';

/** What the thread is given to begin with. @internal */
export interface ThreadSettings {
  readonly port: number;
  readonly host: string | undefined;
  readonly path: string;
  /** The heap to read; null where metrics are switched off, and every scrape is empty. */
  readonly heap: HeapOptions | null;
  /** The numbers of the registries to show, which are the same for all who look into the heap. */
  readonly registries: number[];
  /** The longest wait for what other isolates have to do for a scrape, in milliseconds. */
  readonly collectWait: number;
  /** Whether the heap's own metrics are shown. */
  readonly own: boolean;
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
  | { readonly kind: 'ask'; readonly format: Format };

/** What the thread is told. @internal */
export type ToThread =
  /** The isolate answers at all, and is about to ask such metrics; or has none. */
  | { readonly kind: 'answering'; readonly hasForeign: boolean }
  /** The registries have other numbers now. */
  | { readonly kind: 'moved'; readonly registries: number[] }
  /** `foreign` are their texts. */
  | { readonly kind: 'answered'; readonly foreign: string[] }
  /** Close. */
  | { readonly kind: 'close' };
