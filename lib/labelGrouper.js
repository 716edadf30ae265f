'use strict';

/**
 * Lists of entries that have the same labels, of which the names become known by and by: `lib/util` of
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

  /** The groups that have entries. */
  values() {
    return [...this.#groups.values()].filter((group) => group.length > 0);
  }

  forEach(act) {
    this.#groups.forEach(act);
  }

  /** Leaves the groups, and nothing in them. */
  clear() {
    for (const group of this.#groups.values()) group.length = 0;
    return this;
  }

  /** A text for those labels; names that come later change no text there was. */
  keyFrom(labels = {}) {
    const given = Object.keys(labels);
    if (given.length === 0) return '';
    for (const name of given) if (!this.#names.includes(name)) this.#names.push(name);
    const texts = this.#names.map((name) => `${labels[name] ?? ''}`);
    while (texts.at(-1) === '') texts.pop();
    return JSON.stringify(texts);
  }
};
