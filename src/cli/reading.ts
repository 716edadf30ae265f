// A heap that is read from outside, whether its application runs, is blocked, or has ended.

import {
  awaitNative,
  callNative,
  observe,
  type FamilyValues,
  type HeapInfo,
  type NativeHeap,
  type Turns,
} from '../heap/native';
import { MpmetricsError } from '../errors';
import type { Listed } from './heaps';

/** The wait, in milliseconds, for the `collect` functions of the application. */
const COLLECT_WAIT = 100;

/** The selection of a reading. @internal */
export interface Wanted {
  /** The name of a registry; undefined: all registries. */
  readonly registry?: string | undefined;
  /** The names of families, or of samples; undefined: all. */
  readonly samples?: readonly string[] | undefined;
  /** Whether the heap's own metrics are omitted. */
  readonly isWithoutOwn?: boolean;
}

/** A format of the page. @internal */
export type PageFormat = 'text' | 'openmetrics' | 'protobuf';

/** A family with its values. @internal */
export type Family = FamilyValues;

/** The name of a registry, by its key in the heap. @internal */
export function registryName(key: string): string {
  return key.startsWith('name:') ? key.slice('name:'.length) : key;
}

/** Whether a registry is the application's own, and not one of this package. @internal */
export function isOfApplication(key: string): boolean {
  return !key.startsWith('internal:') && !key.startsWith('twice:');
}

/** The error for a registry that there is not. @internal */
export function noSuchRegistry(
  registry: string,
  heap: string,
  keys: readonly string[],
): MpmetricsError {
  const names = keys.filter(isOfApplication).map(registryName);
  return new MpmetricsError(
    'MPMETRICS_BAD_ARGUMENT',
    `There is no registry "${registry}" in the heap ${heap}. There are: ${names.join(', ') || 'none'}.`,
  );
}

/** A heap that is read from outside. If its application starts again, the next heap of that name is read. @internal */
export class Reading {
  readonly #name: string;
  #heap: NativeHeap;

  /** Opens a heap of the list. Throws an `MpmetricsError`. */
  constructor({ title }: Listed) {
    this.#name = title;
    this.#heap = observe({ name: title });
  }

  /** Its present figures. */
  info(): HeapInfo {
    return callNative(() => this.#heap.info());
  }

  /** The families with their values. Only this method reads values as data. */
  async families(wanted: Wanted = {}): Promise<Family[]> {
    return this.#read(async (heap) =>
      heap.families({ ...this.#request(wanted), encoding: { format: 'text' } }),
    );
  }

  /** The page in one of the formats. */
  async text(format: PageFormat, wanted: Wanted = {}): Promise<Buffer> {
    return this.#read(async (heap) =>
      heap.scrape({ ...this.#request(wanted), encoding: { format } }),
    );
  }

  /** Asks all event loops to turn, and waits that many milliseconds for them. */
  async turns(wait: number): Promise<Turns> {
    return this.#read(async (heap) => heap.turns(wait));
  }

  /** Stops reading. */
  close(): void {
    this.#heap.close();
  }

  #request({ registry, samples, isWithoutOwn = false }: Wanted): {
    registries: number[];
    own: boolean;
    collectWaitMs: number;
    samples?: string[];
  } {
    return {
      registries: this.#numbers(registry),
      own: !isWithoutOwn,
      collectWaitMs: COLLECT_WAIT,
      ...(samples && { samples: [...samples] }),
    };
  }

  /** The numbers of one registry, or of all. Throws an `MpmetricsError` for a missing registry. */
  #numbers(registry: string | undefined): number[] {
    const keys = callNative(() => this.#heap.registries());
    if (registry === undefined) {
      return keys.flatMap((key, number) => (isOfApplication(key) ? [number] : []));
    }
    const number = keys.findIndex((key) => registryName(key) === registry);
    if (number >= 0) return [number];
    throw noSuchRegistry(registry, this.#name, keys);
  }

  /** Reads the heap. If it has ended and another one has its name, reads that one. */
  async #read<Result>(read: (heap: NativeHeap) => Promise<Result>): Promise<Result> {
    try {
      return await awaitNative(() => read(this.#heap));
    } catch (error) {
      if ((error as { code?: unknown }).code !== 'MPMETRICS_CLOSED') throw error;
      const next = observe({ name: this.#name });
      this.#heap.close();
      this.#heap = next;
      return awaitNative(() => read(next));
    }
  }
}
