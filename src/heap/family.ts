// One metric's series in one heap, under the default labels of the registries that show it.

import type { Attachment } from './attachment';
import { escaped, labelText } from '../labels/labels';
import type { LabelSet } from '../labels/label-set';
import type { Binding, FamilySpec } from './native';

/** Where a registry lies, as a family needs to know it. @internal */
export interface RegistryAddress {
  /** This isolate's seat in the registry's heap; null where there is none. */
  readonly attachment: Attachment | null;
  /** The labels that all series have there. */
  readonly defaults: LabelSet;
  /** The registry's number in the heap; below 0 where it can't be had. */
  readonly number: number;
}

/**
 * A family as this isolate has declared it. A metric has one, unless its registries lie in several heaps or have
 * different default labels: those are part of what a series is.
 * @internal
 */
export class Family {
  /** The metric's name. */
  readonly name: string;
  /** The heap. */
  readonly attachment: Attachment;
  /** The default labels, part of every series. */
  readonly defaults: LabelSet;
  /** The numbers of the registries that show it. */
  readonly registries: number[];
  /** A histogram's upper bounds without `+Inf`. */
  readonly bounds: Float64Array;
  /** Its number; null while it can't be declared. */
  number: number | null;
  readonly #spec: FamilySpec;
  readonly #defaultsFirst: boolean;
  readonly #defaultNames: readonly string[];

  /**
   * Declares the family.
   *
   * @param spec What it is. A histogram prints the default labels before its own, as prom-client does, all others
   *   after them.
   */
  constructor(attachment: Attachment, spec: FamilySpec, defaults: LabelSet) {
    this.name = spec.name;
    this.attachment = attachment;
    this.defaults = defaults;
    this.registries = spec.registries;
    this.bounds = Float64Array.from(spec.buckets ?? []);
    this.#defaultNames = Object.keys(defaults);
    this.#defaultsFirst = spec.kind === 'histogram';
    this.#spec = spec;
    this.number = attachment.declare(spec);
  }

  /** The families that show a metric in all those registries. */
  static of(addresses: Iterable<RegistryAddress>, spec: Omit<FamilySpec, 'registries'>): Family[] {
    const groups: { attachment: Attachment; defaults: LabelSet; registries: number[] }[] = [];
    for (const { attachment, defaults, number } of addresses) {
      attachment?.requireWriter(spec.name);
      if (attachment === null || number < 0) continue;
      const group = groups.find(
        (other) => other.attachment === attachment && sameLabels(other.defaults, defaults),
      );
      if (group !== undefined) group.registries.push(number);
      else groups.push({ attachment, defaults: { ...defaults }, registries: [number] });
    }
    return groups.map(
      ({ attachment, defaults, registries }) =>
        new Family(attachment, Object.assign({ registries }, spec), defaults),
    );
  }

  /** Whether it is the same family, under the same default labels. */
  equals(other: Family): boolean {
    return this.isSameFamily(other) && sameLabels(this.defaults, other.defaults);
  }

  /** Whether it is the same family, be it under other default labels. */
  isSameFamily(other: Family): boolean {
    return this.attachment === other.attachment && this.number === other.number;
  }

  /**
   * Binds the series with those labels, or null when it can't be had now. Never throws.
   *
   * @param isAgain Whether this was tried before: a series that was dropped is counted as that once.
   */
  bind(labels: LabelSet, isAgain: boolean): Binding | null {
    if (isAgain) this.number ??= this.attachment.declare(this.#spec);
    return this.number === null
      ? null
      : this.attachment.bind(
          this.number,
          this.name,
          this.text(labels),
          () => this.#pairs(labels),
          isAgain,
        );
  }

  /**
   * Gives this isolate's share of a series the labels that it has here, where it had those of another family that is the
   * same under other default labels. False: the caller has to move the share.
   */
  relabel(other: Family, labels: LabelSet): boolean {
    const isDone = this.#attempt((number) =>
      this.attachment.native.relabel(number, other.#pairs(labels), this.#pairs(labels)),
    );
    return isDone === true;
  }

  /** Takes back this isolate's share of a series. */
  unbind(labels: LabelSet): void {
    this.#attempt((number) => this.attachment.native.unbind(number, this.#pairs(labels)));
  }

  /** Takes back this isolate's share of all series. False when that can't be done now. */
  unbindAll(): boolean {
    if (this.number === null) return true;
    return this.#attempt((number) => this.attachment.native.unbindFamily(number)) !== null;
  }

  /** Whether it is shown in that registry. */
  isIn(address: { attachment: Attachment; number: number }): boolean {
    return this.attachment === address.attachment && this.registries.includes(address.number);
  }

  /** Removes a series from the whole application. */
  remove(labels: LabelSet): void {
    this.#attempt((number) => this.attachment.native.removeSeries(number, this.#pairs(labels)));
  }

  /** Lets a series start from zero in the whole application. */
  restart(labels: LabelSet): void {
    this.#attempt((number) => this.attachment.native.restartSeries(number, this.#pairs(labels)));
  }

  /** Removes the labelled series from the whole application, and lets those without labels start from zero. */
  reset(): void {
    this.#attempt((number) => this.attachment.native.resetFamily(number));
  }

  /**
   * Makes an info's series with those labels the only one that has the same values of the declared labels.
   *
   * @param time When that was said, in seconds on the machine's monotonic clock: the latest stays.
   * @returns Whether that could be done.
   */
  inform(labels: LabelSet, time: number): boolean {
    this.number ??= this.attachment.declare(this.#spec);
    const isDone = this.#attempt((number) => {
      if (this.attachment.native.infoSet(number, this.#pairs(labels), time)) return true;
      throw new Error('There is no room for it. It will be tried again.');
    });
    return isDone === true;
  }

  /** Removes an info's series, whatever it tells. */
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
    for (const name of Object.keys(labels)) own = withLabel(own, name, labels[name]);
    let defaults = '';
    for (const name of this.#defaultNames) {
      if (!Object.hasOwn(labels, name)) defaults = withLabel(defaults, name, this.defaults[name]);
    }
    if (defaults === '') return own;
    if (own === '') return defaults;
    return this.#defaultsFirst ? `${defaults},${own}` : `${own},${defaults}`;
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

/** One label more. */
function withLabel(text: string, name: string, value: unknown): string {
  const label = `${name}="${escaped(labelText(value))}"`;
  return text === '' ? label : `${text},${label}`;
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
