// The messages between the server's thread and the isolate that started it.

import type { FamilyValues, HeapOptions } from '../heap/native';
import type { Encoding } from '../heap/request';
import type { AuthenticationOptions } from './authentication';
import type { FormatOptions } from './negotiation';
import type { TlsOptions } from './tls';

/** The heap and registries that the thread shows. @internal */
export interface Shown {
  /**
   * The heap to read. Null: metrics are switched off, and every scrape is empty. Without an id, the thread follows to
   * the next heap of the name when this one has ended.
   */
  readonly heap: HeapOptions | null;
  /** The id of the present heap. */
  readonly id: string | null;
  /** The numbers of the registries in the heap of that id. They are the same for all readers. */
  readonly registries: readonly number[];
  /** The keys of the registries, by which they are found in another heap. */
  readonly keys: readonly string[];
}

/** The settings of a new thread. @internal */
export interface ThreadSettings extends Shown {
  readonly port: number;
  readonly host: string | undefined;
  readonly path: string;
  /** The longest wait for other isolates in a scrape, in milliseconds. */
  readonly collectWait: number;
  /** Whether the heap's own metrics are shown. */
  readonly own: boolean;
  /** The operator's choice about the live page; undefined: clients of this machine get it. */
  readonly page: boolean | undefined;
  /** The formats of the operator's choice. */
  readonly formats: FormatOptions;
  readonly tls: TlsOptions | undefined;
  readonly authentication: AuthenticationOptions | undefined;
  /** The longest time for which an event loop may be blocked, in seconds. */
  readonly maxBlockedSeconds: number;
  /** The most scrapes in progress. */
  readonly maxScrapes: number;
  /** Whether the isolate that started the thread has external metrics now. */
  readonly hasExternal: boolean;
}

/** A message of the thread. @internal */
export type FromThread =
  /** The thread serves, or stands by for a server of the same heap: `startHttpServer` resolves. */
  | { readonly kind: 'started'; readonly port: number }
  /** The thread cannot start. */
  | { readonly kind: 'failed'; readonly code: string; readonly message: string }
  /** The thread asks for the expositions of the external metrics. */
  | { readonly kind: 'ask'; readonly encoding: Encoding }
  /** The thread asks for the external metrics as families with their values. */
  | { readonly kind: 'askFamilies' };

/** A message to the thread. @internal */
export type ToThread =
  /** The isolate is alive. It will now ask its external metrics, or it has none. */
  | { readonly kind: 'answering'; readonly hasExternal: boolean }
  /** The registries have moved: they have other numbers, or lie in another heap. */
  | { readonly kind: 'moved'; readonly shown: Shown }
  /** The expositions of the external metrics. */
  | { readonly kind: 'answered'; readonly external: Uint8Array[] }
  /** The external metrics as families. */
  | { readonly kind: 'answeredFamilies'; readonly external: FamilyValues[] }
  /** The thread must end. */
  | { readonly kind: 'close' };
