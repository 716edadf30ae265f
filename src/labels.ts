// Labels: which are allowed, and how a set of them leads to its child.

import { inspect } from 'util';
import { coded } from './errors';
import type { LabelSet } from './types';

const METRIC_NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const LABEL_NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/;

/**
 * Whether Prometheus takes that as the name of a metric.
 *
 * ```ts
 * validateMetricName('http_requests_total'); // true
 * validateMetricName('http-requests'); // false
 * ```
 */
export function validateMetricName(name: string): boolean {
  return METRIC_NAME.test(name);
}

/** Whether Prometheus takes all of them as names of labels. @internal */
export function validateLabelNames(names: readonly string[] = []): boolean {
  return names.every((name) => LABEL_NAME.test(name));
}

/** Refuses labels of which the name was not declared. @internal */
export function validateLabels(names: readonly string[], labels: object | null | undefined): void {
  // With what is inherited, as prom-client has it.
  for (const name in labels) {
    if (!names.includes(name)) {
      throw coded(
        new Error(
          `Added label "${name}" is not included in initial labelset: ${inspect([...names])}`,
        ),
        'MPMETRICS_INVALID_LABEL',
      );
    }
  }
}

/** The labels that `labels(…)` and `remove(…)` mean, as an object of their own: given as one, or by a value each. @internal */
export function labelsFrom(names: readonly string[], given: readonly unknown[]): LabelSet {
  const [first] = given;
  if (typeof first === 'object') return { ...first };
  if (names.length !== given.length) {
    throw coded(
      new Error(
        `Invalid number of arguments (${given.length}): "${given.join(', ')}" for label names ` +
          `(${names.length}): "${names.join(', ')}".`,
      ),
      'MPMETRICS_INVALID_LABEL',
    );
  }
  const labels: Record<string, unknown> = {};
  for (let index = 0; index < names.length; index += 1) {
    labels[names[index] as string] = given[index];
  }
  return labels;
}

/** A label's value as it is printed. @internal */
export function labelText(value: unknown): string {
  // Not String(): a symbol is an error.
  return typeof value === 'string' ? value : `${value as string}`;
}

/** No label value: what a node's cache holds before its first look-up. */
const NOTHING = Symbol('nothing');

/**
 * One level of the tree: from a label's value to the next level, or to the child.
 *
 * The last answer is kept. Most calls ask for what was asked for before, and a comparison is several times faster
 * than a look-up.
 */
class Level<Next> {
  readonly map = new Map<unknown, Next>();
  key: unknown = NOTHING;
  next: Next | undefined = undefined;

  get(value: unknown): Next | undefined {
    if (value === this.key) return this.next;
    const next = this.map.get(value);
    if (next !== undefined) {
      this.key = value;
      this.next = next;
    }
    return next;
  }

  /** Finds a value whatever its type: 1 and '1' are printed alike, so they are one. */
  find(value: unknown): Next | undefined {
    const found = this.get(value);
    if (found !== undefined || value === undefined || typeof value === 'string') return found;
    const same = this.map.get(labelText(value));
    // Found faster the next time. Not for objects, which may say something else then.
    if (same !== undefined && typeof value !== 'object' && typeof value !== 'function') {
      this.map.set(value, same);
    }
    return same;
  }

  put(value: unknown, next: Next): void {
    this.map.set(value === undefined ? undefined : labelText(value), next);
  }

  delete(value: unknown): void {
    this.key = NOTHING;
    this.next = undefined;
    for (const alias of aliases(value)) this.map.delete(alias);
  }
}

/** Every primitive value that is printed like this one. */
function aliases(value: unknown): unknown[] {
  if (value === undefined) return [undefined];
  const text = labelText(value);
  const all: unknown[] = [text, Number(text), text === 'true', null];
  if (/^-?\d+$/.test(text)) all.push(BigInt(text));
  return all.filter((alias) => labelText(alias) === text);
}

/**
 * The children of a metric by their label values, one level for each label name in the order of declaration.
 *
 * No text is put together, so no two sets can be mistaken for each other, and a look-up allocates nothing.
 * @internal
 */
export class LabelTree<Child extends object> {
  readonly #names: readonly string[];
  #root = new Level<unknown>();
  #bare: Child | null = null;
  readonly #all = new Set<Child>();

  /** An empty tree for labels of those names. */
  constructor(names: readonly string[]) {
    this.#names = names;
  }

  /** The child with those labels, or null. Throws for a label that was not declared. */
  find(labels: object): Child | null {
    const names = this.#names;
    let level: unknown = this.#root;
    let index = 0;
    // One pass finds out whether all names are right and descends on the way, as long as they come in order.
    for (const name in labels) {
      if (name !== names[index]) return this.#findInAnyOrder(labels as LabelSet);
      level = (level as Level<unknown>).get((labels as LabelSet)[name]);
      if (level === undefined) return this.#findInAnyOrder(labels as LabelSet);
      index += 1;
    }
    return index === names.length && index > 0
      ? (level as Child)
      : this.#findInAnyOrder(labels as LabelSet);
  }

  #findInAnyOrder(labels: LabelSet): Child | null {
    validateLabels(this.#names, labels);
    let level: unknown = this.#root;
    for (const name of this.#names) {
      level = (level as Level<unknown>).find(labels[name]);
      if (level === undefined) return null;
    }
    return this.#names.length === 0 ? this.#bare : (level as Child);
  }

  /** Puts a child in the place of those labels, for one that may have been there. */
  put(labels: LabelSet, child: Child): void {
    const before = this.#findInAnyOrder(labels);
    if (before !== null) this.delete(labels);
    this.#all.add(child);
    const names = this.#names;
    if (names.length === 0) {
      this.#bare = child;
      return;
    }
    let level = this.#root;
    for (const name of names.slice(0, -1)) {
      let next = level.find(labels[name]) as Level<unknown> | undefined;
      if (next === undefined) {
        next = new Level<unknown>();
        level.put(labels[name], next);
      }
      level = next;
    }
    level.put(labels[names.at(-1) as string], child);
  }

  /** Takes away the child with those labels. Returns it, or null. */
  delete(labels: LabelSet): Child | null {
    const child = this.#findInAnyOrder(labels);
    if (child === null) return null;
    this.#all.delete(child);
    if (this.#names.length === 0) {
      this.#bare = null;
      return child;
    }
    const path = [this.#root];
    for (const name of this.#names.slice(0, -1)) {
      path.push((path.at(-1) as Level<unknown>).find(labels[name]) as Level<unknown>);
    }
    // From the child upwards, as far as levels become empty.
    for (let index = path.length - 1; index >= 0; index -= 1) {
      const level = path[index] as Level<unknown>;
      level.delete(labels[this.#names[index] as string]);
      if (level.map.size > 0) break;
    }
    return child;
  }

  /** Takes all children away. */
  clear(): void {
    this.#root = new Level();
    this.#bare = null;
    this.#all.clear();
  }

  /** Puts another child in the place of each. */
  replace(replacement: (child: Child) => Child & { readonly labels: LabelSet }): void {
    const replacements = [...this.#all].map(replacement);
    this.clear();
    for (const child of replacements) this.put(child.labels, child);
  }

  /** All children, in the order in which they were made. */
  values(): Iterable<Child> {
    return this.#all;
  }
}
