// The location of a registry: key, heap and number.

import { isWaitingForHeap } from '../discovery/default-heap';
import type { Attachment } from '../heap/attachment';
import type { Family, RegistryAddress } from '../heap/family';
import { retry } from '../heap/retry';
import type { LabelSet } from '../labels/label-set';
import type { NameValidation } from '../labels/labels';
import { UnnamedIdentity, type RegistryIdentity } from './identity';

/** The location of a registry in this isolate. Metrics and scrapes use it, and it knows neither. @internal */
export class RegistryLocation {
  /** The labels that all series of the registry have. */
  defaultLabels: LabelSet = {};
  /** Whether the order of the metrics may differ from the order in the heap. */
  hasCustomOrder = false;
  /** The rule for names. */
  nameValidation: NameValidation = 'legacy';
  /** Moves the metrics when the registry moves. */
  onMoved: () => void = () => undefined;
  /** Called when the values may have to be read from another location. */
  readonly listeners = new Set<() => void>();
  #identity: RegistryIdentity;
  /** The number in the heap that was used last. */
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
   * Determines the key. This may make another registry private, if both were made at one call site. So a caller that
   * needs several addresses identifies all registries first.
   */
  identify(): string | null {
    return this.#identity.heap() === null ? null : this.#identity.key;
  }

  /**
   * The heap, and the registry's number there. If the number cannot be had now, it is tried again later, and the
   * metrics follow.
   */
  address(): RegistryAddress {
    const found = this.#found;
    const shown = { defaults: this.defaultLabels, utf8: this.nameValidation === 'utf8' };
    if (found?.attachment.isClosed === false) {
      return { ...shown, attachment: found.attachment, number: found.number };
    }
    const attachment = this.#identity.heap();
    if (attachment === null) return { ...shown, attachment, defaults: {}, number: -1 };
    const { key } = this.#identity;
    if (this.#found?.attachment !== attachment) {
      const number = attachment.registry(key);
      this.#found = number < 0 ? null : { attachment, number };
    }
    const number = this.#found?.number ?? -1;
    if (number < 0 || isWaitingForHeap()) retry(this, () => this.#hasArrived());
    return { ...shown, attachment, number };
  }

  /** The address for a scrape, which checks that the key is still right. */
  confirmedAddress(): RegistryAddress {
    const { attachment } = this.address();
    if (attachment !== null) this.#identity.confirm?.(attachment);
    return this.address();
  }

  /** Moves the registry to its heap, if that is possible now. */
  #hasArrived(): boolean {
    if (isWaitingForHeap()) return false;
    this.move();
    return this.#found !== null;
  }

  /** Gives a registry without a name a key that all processes share. False: the registry is shared already. */
  share(key: string): boolean {
    if (!(this.#identity instanceof UnnamedIdentity)) return false;
    this.#identity = this.sibling(key);
    this.move();
    return true;
  }

  /** Moves the metrics to the registry's present location. */
  move(): void {
    this.#found = null;
    this.#moves += 1;
    this.onMoved();
    this.changed();
  }

  /** Notifies the listeners. */
  changed(): void {
    for (const listener of this.listeners) listener();
  }

  /** Goes to the next heap of the name if the present one has ended. Returns whether there is one. */
  succeed(): boolean {
    return this.#identity.succeed?.() === true;
  }

  /** Records the metric's family at this location, if it must be withdrawn when the registry was collected. */
  trackFamily(families: readonly Family[]): void {
    const { finalizer } = this.#identity;
    const found = this.#found;
    const family = finalizer && found && families.find((one) => one.isIn(found));
    if (!family) return;
    finalizer.families.set(family.name, family);
    if (finalizer.isReused) this.hasCustomOrder = true;
  }
}
