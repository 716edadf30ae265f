// The series of one metric in one heap, under the default labels of its registries.

import type { Attachment } from './attachment';
import { escaped, labelNameText, labelText } from '../labels/labels';
import type { LabelSet } from '../labels/label-set';
import type { Binding, FamilySpec } from './native';

/** Where a registry lies, in the form that families need. @internal */
export interface RegistryAddress {
  /** This isolate's connection to the registry's heap; null without a heap. */
  readonly attachment: Attachment | null;
  /** The labels that all series of the registry have. */
  readonly defaults: LabelSet;
  /** The registry's number in the heap; below 0 if it could not be made. */
  readonly number: number;
  /** Whether names there may be any UTF-8 text. */
  readonly utf8: boolean;
}

/**
 * A family as this isolate has declared it. A metric usually has one. It has several if its registries lie in several
 * heaps, or have different default labels, since default labels are part of each series.
 * @internal
 */
export class Family {
  /** The metric's name. */
  readonly name: string;
  /** The metric's kind. */
  readonly kind: FamilySpec['kind'];
  /** The heap. */
  readonly attachment: Attachment;
  /** The default labels, which are part of every series. */
  readonly defaults: LabelSet;
  /** The numbers of the registries that show it. */
  readonly registries: number[];
  /** Its number; null while it cannot be declared. */
  number: number | null;
  /** The cell of its overflow series, which counts for series that cannot be made; null if it has none. */
  overflow: object | null = null;
  readonly #spec: FamilySpec;
  readonly #defaultsFirst: boolean;
  readonly #defaultNames: readonly string[];
  /** The names of labels as they are printed in front of a value. */
  readonly #nameTexts = new Map<string, string>();

  /**
   * Declares the family.
   *
   * @param spec The declaration. A histogram prints the default labels before its own, as in prom-client. Other metrics
   *   print them after their own.
   */
  constructor(attachment: Attachment, spec: FamilySpec, defaults: LabelSet) {
    this.name = spec.name;
    this.kind = spec.kind;
    this.attachment = attachment;
    this.defaults = defaults;
    this.registries = spec.registries;
    this.#defaultNames = Object.keys(defaults);
    this.#defaultsFirst = spec.kind === 'histogram';
    this.#spec = spec;
    this.number = attachment.declare(spec);
  }

  /** The families that a metric needs for all those registries. */
  static of(addresses: Iterable<RegistryAddress>, spec: Omit<FamilySpec, 'registries'>): Family[] {
    const groups: {
      attachment: Attachment;
      defaults: LabelSet;
      spec: FamilySpec;
    }[] = [];
    for (const { attachment, defaults, number, utf8 } of addresses) {
      attachment?.requireWriter(spec.name);
      if (attachment === null || number < 0) continue;
      const group = groups.find(
        (other) => other.attachment === attachment && sameLabels(other.defaults, defaults),
      );
      if (group !== undefined) {
        group.spec.registries.push(number);
        group.spec.utf8 ||= utf8;
      } else {
        const own = Object.assign({ registries: [number], utf8 }, spec);
        groups.push({ attachment, defaults: { ...defaults }, spec: own });
      }
    }
    return groups.map((group) => new Family(group.attachment, group.spec, group.defaults));
  }

  /** Whether this is the same family with the same default labels. */
  equals(other: Family): boolean {
    return this.isSameFamily(other) && sameLabels(this.defaults, other.defaults);
  }

  /** Whether this is the same family, even if its default labels differ. */
  isSameFamily(other: Family): boolean {
    return this.attachment === other.attachment && this.number === other.number;
  }

  /**
   * Binds the series with those labels. Null: the series cannot be made now. Never throws.
   *
   * @param isAgain Whether this series was dropped before, and thus counted.
   */
  bind(labels: LabelSet, isAgain: boolean): Binding | null {
    if (isAgain) this.number ??= this.attachment.declare(this.#spec);
    return this.number === null
      ? null
      : this.attachment.bind(
          this.number,
          this,
          this.text(labels),
          () => this.#pairs(labels),
          isAgain,
        );
  }

  /**
   * Relabels this isolate's contribution to a series. In `other`, which is the same family with other default labels,
   * the series had other labels. False: the caller must move the contribution.
   */
  relabel(other: Family, labels: LabelSet): boolean {
    const isDone = this.#attempt((number) =>
      this.attachment.native.relabel(number, other.#pairs(labels), this.#pairs(labels)),
    );
    return isDone === true;
  }

  /** Withdraws this isolate's contribution to a series. */
  unbind(labels: LabelSet): void {
    this.#attempt((number) => this.attachment.native.unbind(number, this.#pairs(labels)));
  }

  /** Withdraws this isolate's contributions to all series. False: that is not possible now. */
  unbindAll(): boolean {
    if (this.number === null) return true;
    return this.#attempt((number) => this.attachment.native.unbindFamily(number)) !== null;
  }

  /** Whether that registry shows the family. */
  isIn(address: { attachment: Attachment; number: number }): boolean {
    return this.attachment === address.attachment && this.registries.includes(address.number);
  }

  /** Removes a series from the whole application. */
  remove(labels: LabelSet): void {
    this.#attempt((number) => this.attachment.native.removeSeries(number, this.#pairs(labels)));
  }

  /** Starts a series from zero in the whole application. */
  restart(labels: LabelSet): void {
    this.#attempt((number) => this.attachment.native.restartSeries(number, this.#pairs(labels)));
  }

  /** In the whole application, removes series with labels, and starts series without labels from zero. */
  reset(): void {
    this.#attempt((number) => this.attachment.native.resetFamily(number));
  }

  /**
   * Sets an info: the series with those labels replaces the series with the same values of the declared labels.
   *
   * @param time When the info was set, in seconds on the machine's monotonic clock. The latest one stays.
   * @returns Whether that succeeded.
   */
  inform(labels: LabelSet, time: number): boolean {
    this.number ??= this.attachment.declare(this.#spec);
    const isDone = this.#attempt((number) => {
      if (this.attachment.native.infoSet(number, this.#pairs(labels), time)) return true;
      throw new Error('There is no room for it. It will be tried again.');
    });
    return isDone === true;
  }

  /** Removes an info's series, whatever its values are. */
  retract(labels: LabelSet, time: number): void {
    this.inform(labels, time);
    this.remove(labels);
  }

  #attempt<Result>(act: (number: number) => Result): Result | null {
    const { number } = this;
    if (number === null) return null;
    return this.attachment.attempt(`the metric ${this.name}`, () => act(number));
  }

  /** The labels as they are printed. */
  text(labels: LabelSet): string {
    let own = '';
    for (const name of Object.keys(labels)) own = this.#withLabel(own, name, labels[name]);
    let defaults = '';
    for (const name of this.#defaultNames) {
      if (!Object.hasOwn(labels, name)) {
        defaults = this.#withLabel(defaults, name, this.defaults[name]);
      }
    }
    if (defaults === '') return own;
    if (own === '') return defaults;
    return this.#defaultsFirst ? `${defaults},${own}` : `${own},${defaults}`;
  }

  /** The text, extended by one label. */
  #withLabel(text: string, name: string, value: unknown): string {
    let begin = this.#nameTexts.get(name);
    if (begin === undefined) {
      begin = `${labelNameText(name)}="`;
      this.#nameTexts.set(name, begin);
    }
    const label = `${begin}${escaped(labelText(value))}"`;
    return text === '' ? label : `${text},${label}`;
  }

  /** Names and values in turn, in the order in which they are printed. */
  #pairs(labels: LabelSet): string[] {
    const own: string[] = [];
    for (const name of Object.keys(labels)) own.push(name, labelText(labels[name]));
    const defaults: string[] = [];
    for (const name of Object.keys(this.defaults)) {
      if (!Object.hasOwn(labels, name)) defaults.push(name, labelText(this.defaults[name]));
    }
    return this.#defaultsFirst ? [...defaults, ...own] : [...own, ...defaults];
  }
}

function sameLabels(one: LabelSet, other: LabelSet): boolean {
  const names = Object.keys(one);
  return (
    names.length === Object.keys(other).length &&
    names.every(
      (name) => Object.hasOwn(other, name) && labelText(one[name]) === labelText(other[name]),
    )
  );
}
