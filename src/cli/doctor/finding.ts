// A finding of the doctor: a fact, with advice.

/** One finding. @internal */
export interface Finding {
  /** `ok`, a `note` that may explain something, or a `fault` that must be changed. */
  readonly level: 'ok' | 'note' | 'fault';
  /** Its subject, in a word or two. */
  readonly subject: string;
  /** The fact. */
  readonly fact: string;
  /** The advice. */
  readonly advice?: string;
}

/** A subject without a fault. @internal */
export function ok(subject: string, fact: string): Finding {
  return { level: 'ok', subject, fact };
}

/** A fact that may explain something. @internal */
export function note(subject: string, fact: string, advice?: string): Finding {
  return { level: 'note', subject, fact, ...(advice !== undefined && { advice }) };
}

/** A fact that must be changed. @internal */
export function fault(subject: string, fact: string, advice: string): Finding {
  return { level: 'fault', subject, fact, advice };
}
