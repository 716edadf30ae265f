// What the doctor has found: a fact, and what to do about it.

/** One finding. @internal */
export interface Finding {
  /** `ok`, a `note` that is worth knowing, or a `fault` that is to be mended. */
  readonly level: 'ok' | 'note' | 'fault';
  /** What it is about, in a word or two. */
  readonly subject: string;
  /** What is so. */
  readonly fact: string;
  /** What to do. */
  readonly advice?: string;
}

/** All is well with something. @internal */
export function ok(subject: string, fact: string): Finding {
  return { level: 'ok', subject, fact };
}

/** Something that is worth knowing. @internal */
export function note(subject: string, fact: string, advice?: string): Finding {
  return { level: 'note', subject, fact, ...(advice !== undefined && { advice }) };
}

/** Something that is to be mended. @internal */
export function fault(subject: string, fact: string, advice: string): Finding {
  return { level: 'fault', subject, fact, advice };
}
