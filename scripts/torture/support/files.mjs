// The files of heaps, as they lie in shared memory: what is left of them is a leak.
import { readdirSync, readFileSync } from 'node:fs';

/** Where they are. */
export const DIRECTORY = '/dev/shm';

/** The heaps that a process has mapped, as their files are named. */
export function heapsOf(pid = 'self') {
  return [...new Set(readFileSync(`/proc/${pid}/maps`, 'utf8').match(/\bmpm\.\w+/g))];
}

/** The files of those heaps. */
export function filesOf(heaps) {
  return readdirSync(DIRECTORY).filter((name) => heaps.some((heap) => name.startsWith(heap)));
}
