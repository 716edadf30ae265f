// Announces a server of this isolate to the members of the heap. A newcomer that finds the port taken then stands by,
// even if the server does not answer because its process is stopped.

import type { Attachment } from '../heap/attachment';
import type { Registry } from '../registry/registry';
import type { ListenAddress } from './purpose';
import { purposeOf, serverNumber } from './purpose';
import { attachmentOf, shownOf } from './shown';

/** The announcement of one server. @internal */
export class Announcement {
  readonly #registries: readonly Registry[];
  readonly #path: string;
  #announced: { attachment: Attachment; number: bigint } | undefined;

  constructor(registries: readonly Registry[], path: string) {
    this.#registries = registries;
    this.#path = path;
  }

  /**
   * Announces where the server listens, or stands by. A later call replaces the announcement, after the registries have
   * moved.
   */
  announce(address: ListenAddress): void {
    this.withdraw();
    const attachment = attachmentOf(this.#registries);
    // A reader has no slot for an announcement.
    if (attachment?.arena == null) return;
    const number = serverNumber(address, purposeOf(this.#path, shownOf(this.#registries)));
    const isDone = attachment.attempt('a server', () => attachment.native.announceServer(number));
    if (isDone) this.#announced = { attachment, number };
  }

  /** Withdraws the announcement. */
  withdraw(): void {
    if (this.#announced === undefined) return;
    const { attachment, number } = this.#announced;
    this.#announced = undefined;
    attachment.attempt('a server', () => attachment.native.withdrawServer(number));
  }
}
