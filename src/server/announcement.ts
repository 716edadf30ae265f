// Tells the members of the heap which server this isolate has started: whoever finds its port taken then stands by, even if its
// holder does not answer, as when its process is stopped.

import type { Attachment } from '../heap/attachment';
import type { Registry } from '../registry/registry';
import type { Place } from './port';
import { purposeOf, serverNumber } from './purpose';
import { attachmentOf, shownOf } from './shown';

/** What this isolate tells of one server. @internal */
export class Announcement {
  readonly #registries: readonly Registry[];
  readonly #path: string;
  #told: { attachment: Attachment; number: bigint } | undefined;

  constructor(registries: readonly Registry[], path: string) {
    this.#registries = registries;
    this.#path = path;
  }

  /** Tells where the server is, or stands by. Tells it anew after the registries have moved. */
  tell(place: Place): void {
    this.withdraw();
    const attachment = attachmentOf(this.#registries);
    // Whoever only reads has no place to tell it.
    if (attachment?.arena == null) return;
    const number = serverNumber(place, purposeOf(this.#path, shownOf(this.#registries)));
    const isTold = attachment.attempt('a server', () => attachment.native.announceServer(number));
    if (isTold) this.#told = { attachment, number };
  }

  /** Takes it back. */
  withdraw(): void {
    if (this.#told === undefined) return;
    const { attachment, number } = this.#told;
    this.#told = undefined;
    attachment.attempt('a server', () => attachment.native.withdrawServer(number));
  }
}
