// The files of heaps in shared memory. A remaining file is a leak.
import { readdirSync, readFileSync } from 'node:fs';

/** Their folder. */
export const DIRECTORY = '/dev/shm';

/** The heaps that a process has mapped, by the names of their files. */
export function heapsOf(pid = 'self') {
  return [...new Set(readFileSync(`/proc/${pid}/maps`, 'utf8').match(/\bmpm\.\w+/g))];
}

/** The files of those heaps. */
export function filesOf(heaps) {
  return readdirSync(DIRECTORY).filter((name) => heaps.some((heap) => name.startsWith(heap)));
}
