// The labels of an exemplar as they are printed, in the memory of the heap: `trace_id="…",span_id="…"`.

// From there, since no such global exists in a page that a test tool imitates.
import { TextEncoder } from 'util';
import { escaped, hasOwn, labelText } from '../labels/labels';
import type { LabelSet } from '../labels/label-set';

/** The result of a write without enough room. */
export const TOO_LONG = -1;

const [COMMA, EQUALS, QUOTE] = [44, 61, 34];
/** By ASCII code: 1 for a character that must be escaped. */
const IS_ESCAPED = Uint8Array.from({ length: 128 }, (_, code) =>
  escaped(String.fromCharCode(code)).length > 1 ? 1 : 0,
);

const encoder = new TextEncoder();

/** A label in the bytes. */
interface Label {
  readonly name: string;
  /** The index of the comma before the name (or of the name itself, for the first label), and of the value. */
  readonly start: number;
  readonly value: number;
}

/**
 * The texts of successive exemplars, in the same bytes.
 *
 * Every request may bring an exemplar, and nearly all exemplars have the same names, and values of the same length. So
 * the names stay in place, and the values are written between them, one character after the other. This takes half as
 * long as building and encoding a text.
 */
export class ExemplarText {
  readonly #bytes: Uint8Array;
  readonly #labels: Label[] = [];
  /** How many labels the bytes hold. */
  #count = 0;

  /** @param bytes The memory for the text. */
  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** Writes the text of those labels, and returns its length in bytes, or `TOO_LONG`. */
  write(labelSet: LabelSet): number {
    const bytes = this.#bytes;
    const labels = this.#labels;
    const known = this.#count;
    // If a write fails halfway, no label counts as written.
    this.#count = 0;
    let count = 0;
    let end = 0;
    for (const name in labelSet) {
      if (!hasOwn(labelSet, name)) continue;
      let label = count < known ? labels[count] : undefined;
      // A label at the same index as before was not overwritten.
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

/** Writes a label up to the beginning of its value. */
function begun(name: string, bytes: Uint8Array, start: number): Label {
  if (start > 0) bytes[start] = COMMA;
  const end = put(name, bytes, start > 0 ? start + 1 : start);
  bytes[end] = EQUALS;
  bytes[end + 1] = QUOTE;
  return { name, start, value: end + 2 };
}

/** Copies one character to the bytes. 0: the character needs no escape and is ASCII. */
function copied(text: string, index: number, bytes: Uint8Array, start: number): number {
  const code = text.charCodeAt(index);
  bytes[start + index] = code;
  return (code >>> 7) | (IS_ESCAPED[code & 127] as number);
}

/** Writes a text as it is printed, and returns its end. Without enough room the end lies behind all bytes. */
function put(text: string, bytes: Uint8Array, start: number): number {
  const { length } = text;
  let other = 0;
  let index = 0;
  // Four characters a pass: the overhead of a single pass is a tenth of the time of an exemplar.
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
