// Digests and random ids, without the 3 ms that loading `crypto` would add to every start.
//
// They distinguish the heaps of one user. They are no secrets: every process that could forge an id may open the heap
// anyway.

// oxlint-disable-next-line import/default -- the compiler makes one of `export =`
import builtin from '../builtin.cjs';

/**
 * A digest of a text: FNV-1a, 64 bits at a time.
 *
 * @param words How many times 16 hex digits the result has.
 * @internal
 */
export function digest(text: string, words: number): string {
  return Array.from({ length: words }, (_, word) => fnv1a(`${word} ${text}`)).join('');
}

function fnv1a(text: string): string {
  let hash = 0xcbf29ce484222325n;
  for (const byte of Buffer.from(text)) {
    hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
  }
  return hash.toString(16).padStart(16, '0');
}

/** A random id of 32 hex digits. @internal */
export function freshId(): string {
  const random = Array.from({ length: 4 }, () => Math.random());
  const clock = builtin.performance();
  return digest([process.pid, clock.timeOrigin, clock.now(), ...random].join(), 2);
}
