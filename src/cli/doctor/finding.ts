// A finding of the doctor: a fact, and a remedy.

/** One finding. @internal */
export interface Finding {
  /** `ok`, a `note` for the user, or a `fault` that needs a remedy. */
  readonly level: 'ok' | 'note' | 'fault';
  /** The subject, in a word or two. */
  readonly subject: string;
  /** The fact. */
  readonly fact: string;
  /** The remedy. */
  readonly advice?: string;
}

/** A finding without a problem. @internal */
export function ok(subject: string, fact: string): Finding {
  return { level: 'ok', subject, fact };
}

/** A fact that is worth knowing. @internal */
export function note(subject: string, fact: string, advice?: string): Finding {
  return { level: 'note', subject, fact, ...(advice !== undefined && { advice }) };
}

/** A fact that needs a remedy. @internal */
export function fault(subject: string, fact: string, advice: string): Finding {
  return { level: 'fault', subject, fact, advice };
}
