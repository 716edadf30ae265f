// Valid names of heaps: the rule of the core, checked before any heap is looked for.

import { inspect } from 'util';
import { MpmetricsError } from '../errors';

/** Whether a heap may have this name: 1 to 64 letters, digits, `_`, `.` and `-`, not beginning with a dot. @internal */
export function isHeapName(name: unknown): name is string {
  return typeof name === 'string' && /^[A-Za-z0-9_-][A-Za-z0-9_.-]{0,63}$/.test(name);
}

/** The beginning of a heap's name that says to people which application the heap belongs to. @internal */
export function readableHeapName(application: string): string {
  const readable = application
    .replace(/[^A-Za-z0-9_-]+/g, '-')
    .replace(/^-/, '')
    .slice(0, 32);
  return readable || 'application';
}

/**
 * Returns the name of a heap if it is valid.
 *
 * @param source The origin of the name, as the beginning of a sentence.
 * @throws MpmetricsError `MPMETRICS_INVALID_NAME`.
 * @internal
 */
export function requireHeapName(name: unknown, source: string): string {
  if (isHeapName(name)) return name;
  throw new MpmetricsError(
    'MPMETRICS_INVALID_NAME',
    `${source} is ${inspect(name)}, which can't be the name of a heap. Use 1 to 64 of the characters A-Z a-z 0-9 _ . -, ` +
      'not beginning with a dot.',
  );
}
