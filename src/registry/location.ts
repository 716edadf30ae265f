// Where a registry lies: its key, its heap, and its number there.

import { isWaitingForHeap } from '../discovery/default-heap';
import type { Attachment } from '../heap/attachment';
import type { Family, RegistryAddress } from '../heap/family';
import { retry } from '../heap/retry';
import type { LabelSet } from '../labels/label-set';
import { UnnamedIdentity, type RegistryIdentity } from './identity';

/** Where a registry lies in this isolate. Metrics and scrapes ask it; it knows neither. @internal */
export class RegistryLocation {
  /** The labels that all series have there. */
  defaultLabels: LabelSet = {};
  /** Whether the order of the metrics may be another than that in the heap. */
  hasCustomOrder = false;
  /** Takes the metrics along when the registry moves. */
  onMoved: () => void = () => undefined;
  /** Called when the values may have to be read elsewhere. */
  readonly listeners = new Set<() => void>();
  #identity: RegistryIdentity;
  /** The number in the heap that was asked last. */
  #found: { attachment: Attachment; number: number } | null = null;
  #moves = 0;

  constructor(identity: RegistryIdentity) {
    this.#identity = identity;
  }

  /** The key in the heap. */
  get key(): string {
    return this.#identity.key;
  }

  /** How often the registry has moved. */
  get moves(): number {
    return this.#moves;
  }

  /** The identity of another registry in the same heap. */
  sibling(key: string): RegistryIdentity {
    return { key, heap: this.#identity.heap };
  }

  /**
   * Finds out which registry this is. That may move another registry: two that were made at one call site are private from
   * then on. A caller that needs several addresses identifies all of the registries first.
   */
  identify(): string | null {
    return this.#identity.heap() === null ? null : this.#identity.key;
  }

  /** The heap and the number there. A number that can't be had now is asked for again later, and the metrics follow. */
  address(): RegistryAddress {
    const found = this.#found;
    if (found?.attachment.isClosed === false) {
      return { attachment: found.attachment, defaults: this.defaultLabels, number: found.number };
    }
    const attachment = this.#identity.heap();
    if (attachment === null) return { attachment, defaults: {}, number: -1 };
    const { key } = this.#identity;
    if (this.#found?.attachment !== attachment) {
      const number = attachment.registry(key);
      this.#found = number < 0 ? null : { attachment, number };
    }
    const number = this.#found?.number ?? -1;
    if (number < 0 || isWaitingForHeap()) retry(this, () => this.#hasArrived());
    return { attachment, defaults: this.defaultLabels, number };
  }

  /** The same for a scrape, which has to know whether the key is still right. */
  confirmedAddress(): RegistryAddress {
    const { attachment } = this.address();
    if (attachment !== null) this.#identity.confirm?.(attachment);
    return this.address();
  }

  /** Moves the registry to where it belongs, if that can be had now. */
  #hasArrived(): boolean {
    if (isWaitingForHeap()) return false;
    this.move();
    return this.#found !== null;
  }

  /** Makes a registry without a name one that all share by that key; false for one that is shared already. */
  share(key: string): boolean {
    if (!(this.#identity instanceof UnnamedIdentity)) return false;
    this.#identity = this.sibling(key);
    this.move();
    return true;
  }

  /** Takes the metrics to where the registry is now. */
  move(): void {
    this.#found = null;
    this.#moves += 1;
    this.onMoved();
    this.changed();
  }

  /** Tells the listeners to look again. */
  changed(): void {
    for (const listener of this.listeners) listener();
  }

  /** Goes to the next heap of the name when this one is over. Returns whether there is one. */
  succeed(): boolean {
    return this.#identity.succeed?.() === true;
  }

  /** Notes which of a metric's families lies here, if it must be withdrawn once the registry was collected. */
  trackFamily(families: readonly Family[]): void {
    const { finalizer } = this.#identity;
    const found = this.#found;
    const family = finalizer && found && families.find((one) => one.isIn(found));
    if (!family) return;
    finalizer.families.set(family.name, family);
    if (finalizer.isReused) this.hasCustomOrder = true;
  }
}
