// The labels of an exemplar as they are printed, in the memory where they stay: `trace_id="…",span_id="…"`.

// From there, since no such global exists in a page that a test tool imitates.
import { TextEncoder } from 'util';
import { escaped, hasOwn, labelText } from '../labels/labels';
import type { LabelSet } from '../labels/label-set';

/** The length of a text for which there is no room. */
export const TOO_LONG = -1;

const [COMMA, EQUALS, QUOTE] = [44, 61, 34];
/** By character of ASCII: 1 for one that is not printed as it is. */
const IS_ESCAPED = Uint8Array.from({ length: 128 }, (_, code) =>
  escaped(String.fromCharCode(code)).length > 1 ? 1 : 0,
);

const encoder = new TextEncoder();

/** A label in the bytes. */
interface Label {
  readonly name: string;
  /** Where the label begins, with the comma before its name; and where its value does. */
  readonly start: number;
  readonly value: number;
}

/**
 * The text of one exemplar after the other, in the same bytes.
 *
 * An exemplar comes with each request, and nearly all have the same names, and values of the same length. So the names
 * stay where they are, and the values are put between them, character by character: that takes half the time of putting
 * a text together and encoding it.
 */
export class ExemplarText {
  readonly #bytes: Uint8Array;
  readonly #labels: Label[] = [];
  /** As many of the labels are in the bytes. */
  #count = 0;

  /** No text yet, with room for so many bytes. */
  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** Writes the text of those labels, and returns its length in bytes, or `TOO_LONG`. */
  write(labelSet: LabelSet): number {
    const bytes = this.#bytes;
    const labels = this.#labels;
    const known = this.#count;
    // What fails in the middle leaves nothing to rely on.
    this.#count = 0;
    let count = 0;
    let end = 0;
    for (const name in labelSet) {
      if (!hasOwn(labelSet, name)) continue;
      let label = count < known ? labels[count] : undefined;
      // Where it starts as it did, nothing has been written over it.
      if (label === undefined || label.name !== name || label.start !== end) {
        label = begun(name, bytes, end);
        labels[count] = label;
      }
      end = put(labelText(labelSet[name]), bytes, label.value);
      bytes[end] = QUOTE;
      end += 1;
      count += 1;
    }
    if (end > bytes.length) return TOO_LONG;
    this.#count = count;
    return end;
  }
}

/** Writes what comes before the value of a label. */
function begun(name: string, bytes: Uint8Array, start: number): Label {
  if (start > 0) bytes[start] = COMMA;
  const end = put(name, bytes, start > 0 ? start + 1 : start);
  bytes[end] = EQUALS;
  bytes[end + 1] = QUOTE;
  return { name, start, value: end + 2 };
}

/** Copies a character of a text to its place in the bytes. 0: that is how it is printed. */
function copied(text: string, index: number, bytes: Uint8Array, start: number): number {
  const code = text.charCodeAt(index);
  bytes[start + index] = code;
  return (code >>> 7) | (IS_ESCAPED[code & 127] as number);
}

/** Puts a text there, as it is printed, and returns where it ends: behind all bytes if it does not fit. */
function put(text: string, bytes: Uint8Array, start: number): number {
  const { length } = text;
  let other = 0;
  let index = 0;
  // Four at a time: what a pass through the loop takes is a tenth of all that an exemplar does.
  for (; index + 4 <= length; index += 4) {
    other |=
      copied(text, index, bytes, start) |
      copied(text, index + 1, bytes, start) |
      copied(text, index + 2, bytes, start) |
      copied(text, index + 3, bytes, start);
  }
  for (; index < length; index += 1) other |= copied(text, index, bytes, start);
  if (other === 0) return start + length;
  const printed = escaped(text);
  const { read, written } = encoder.encodeInto(printed, bytes.subarray(start));
  return read < printed.length ? bytes.length + 1 : start + written;
}
