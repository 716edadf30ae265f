'use strict';

const { validateLabel } = require('./validation');

/**
 * Entries by labels with known names, as in `lib/util` of @prometheus-io/client. A label without a value equals an
 * empty text.
 */
module.exports = class LabelMap {
  #names;
  #entries = new Map();

  constructor(labelNames = []) {
    this.#names = [...new Set(labelNames)].toSorted();
  }

  get size() {
    return this.#entries.size;
  }

  /** Replaces the value, and keeps the labels as they were first given. */
  set(labels, value = 0) {
    this.#at(labels, () => ({ value, labels })).value = value;
    return this;
  }

  setDelta(labels, value = 0) {
    const entry = this.entry(labels);
    if (entry === undefined) return this.set(labels, value);
    entry.value += value;
    return this;
  }

  get(labels) {
    return this.entry(labels)?.value;
  }

  /** The value with those labels. If there is none, `init` makes it. */
  getOrAdd(labels, init) {
    return this.#at(labels, () => ({ value: init(), labels })).value;
  }

  entry(labels) {
    return this.#entries.get(this.keyFrom(labels));
  }

  /** Adds properties to an entry, and replaces its labels. */
  merge(labels, values) {
    return Object.assign(
      this.#at(labels, () => ({})),
      values,
      { labels },
    );
  }

  remove(labels) {
    this.#entries.delete(this.keyFrom(labels));
  }

  clear() {
    this.#entries.clear();
  }

  values() {
    return this.#entries.values();
  }

  validate(labels) {
    validateLabel(this.#names, labels);
    return true;
  }

  keyFrom(labels = {}) {
    for (const _ in labels) return this.#names.map((name) => `${labels[name] ?? ''}|`).join('');
    return '';
  }

  #at(labels, make) {
    const key = this.keyFrom(labels);
    if (!this.#entries.has(key)) this.#entries.set(key, make());
    return this.#entries.get(key);
  }
};
