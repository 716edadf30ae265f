'use strict';

/**
 * Lists of entries with equal labels, as in `lib/util` of @prometheus-io/client. New label names may come later. A
 * label without a value equals an empty text, but the empty label set is a group.
 * @prometheus-io/client has it. A label without a value is one with an empty text, but no labels at all are a group.
 */
module.exports = class LabelGrouper {
  #names = [];
  #groups = new Map();

  get size() {
    return this.#groups.size;
  }

  add(entry) {
    const key = this.keyFrom(entry.labels);
    const group = this.#groups.get(key);
    if (group === undefined) this.#groups.set(key, [entry]);
    else group.push(entry);
    return this;
  }

  get(labels) {
    return this.#groups.get(this.keyFrom(labels));
  }

  /** The groups with entries. */
  values() {
    return [...this.#groups.values()].filter((group) => group.length > 0);
  }

  forEach(act) {
    this.#groups.forEach(act);
  }

  /** Keeps the groups, and removes their entries. */
  clear() {
    for (const group of this.#groups.values()) group.length = 0;
    return this;
  }

  /** The text for those labels. Label names that come later change no earlier text. */
  keyFrom(labels = {}) {
    const given = Object.keys(labels);
    if (given.length === 0) return '';
    for (const name of given) if (!this.#names.includes(name)) this.#names.push(name);
    const texts = this.#names.map((name) => `${labels[name] ?? ''}`);
    while (texts.at(-1) === '') texts.pop();
    return JSON.stringify(texts);
  }
};
