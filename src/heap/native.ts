// The native binding for the facade: loaded once, with its errors translated, and its layout as constants.

import type * as Native from '#binding';
// oxlint-disable-next-line import/default -- the default import is `module.exports`
import loadBinding from './binding.cjs';
import { MpmetricsError } from '../errors';
import { noBinding } from './no-binding';

/** The binding's types, under the names that the other rooms use. @internal */
export type {
  Binding,
  Chunk,
  FamilySpec,
  FamilyValues,
  HeapEntry,
  HeapInfo,
  HeapOptions,
  NativeHeap,
  NativeSpec,
  ScrapeRequest,
  SeriesValue,
  Turns,
} from '#binding';

const binding: typeof Native | null = load();

/** Whether `MPMETRICS=off` was set when this file was loaded. Then there is no native code. @internal */
export const isOff = binding === null;

/** The indexes of the words of a cell. Empty when metrics are switched off. @internal */
export const layout = (binding?.layout ?? { directTier: false }) as typeof Native.layout;

/**
 * The runtimes that were seen to store whole words in order. docs/RELIABILITY.md has the figures. A runtime that only
 * calls itself Node.js (Electron, NW.js) is not among them.
 */
const STORE_IN_ORDER = new Set(['node', 'bun', 'deno']);
const runtime =
  ['bun', 'deno', 'electron', 'nw'].find((name) => name in process.versions) ??
  process.release.name;

/** Whether updates may be typed-array stores in this process. The memory of each heap is checked later. @internal */
export const mayStoreDirectly =
  layout.directTier && STORE_IN_ORDER.has(runtime) && process.env['MPMETRICS_TIER'] !== 'native';

/*
 * One update each. `false`: the series has another generation, so the caller must bind again. These functions throw
 * nothing. They are called without a wrapper, because a call costs more than the update.
 */
/** @internal */
export const seriesEntry: typeof Native.seriesEntry = binding?.seriesEntry ?? (() => -1);
/** @internal */
export const counterAdd: typeof Native.counterAdd = binding?.counterAdd ?? absent;
/** @internal */
export const gaugeSet: typeof Native.gaugeSet = binding?.gaugeSet ?? absent;
/** @internal */
export const gaugeSetTime: typeof Native.gaugeSetTime = binding?.gaugeSetTime ?? absent;
/** @internal */
export const gaugeAdd: typeof Native.gaugeAdd = binding?.gaugeAdd ?? absent;
/** @internal */
export const histogramObserve: typeof Native.histogramObserve = binding?.histogramObserve ?? absent;
/** @internal */
export const histogramAdd: typeof Native.histogramAdd = binding?.histogramAdd ?? absent;
/** @internal */
export const histogramRepair: typeof Native.histogramRepair =
  binding?.histogramRepair ?? (() => undefined);
/** @internal */
export const nativeObserve: typeof Native.nativeObserve = binding?.nativeObserve ?? absent;
/** @internal */
export const nativeAdd: typeof Native.nativeAdd = binding?.nativeAdd ?? absent;
/** @internal */
export const nativeCoarsen: typeof Native.nativeCoarsen = binding?.nativeCoarsen ?? absent;
/** @internal */
export const nativeRepair: typeof Native.nativeRepair = binding?.nativeRepair ?? absent;
/** @internal */
export const nativeSchema: typeof Native.nativeSchema = binding?.nativeSchema ?? (() => 0);
/** @internal */
export const boundFractions: typeof Native.boundFractions = binding?.boundFractions ?? (() => []);
/** @internal */
export const boundGuesses: typeof Native.boundGuesses = binding?.boundGuesses ?? (() => []);
/** @internal */
export const summaryObserve: typeof Native.summaryObserve = binding?.summaryObserve ?? absent;
/** @internal */
export const summaryAdd: typeof Native.summaryAdd = binding?.summaryAdd ?? absent;
/** @internal */
export const summaryRotate: typeof Native.summaryRotate = binding?.summaryRotate ?? absent;
/** @internal */
export const summarySpill: typeof Native.summarySpill = binding?.summarySpill ?? absent;
/** @internal */
export const summaryRepair: typeof Native.summaryRepair = binding?.summaryRepair ?? absent;
/** @internal */
export const summaryBins: typeof Native.summaryBins = binding?.summaryBins ?? (() => 0);
/** @internal */
export const exemplarPlace: typeof Native.exemplarPlace = binding?.exemplarPlace ?? (() => 0);
/** @internal */
export const exemplarStore: typeof Native.exemplarStore = binding?.exemplarStore ?? absent;
/** @internal */
export const exemplarWait: typeof Native.exemplarWait = binding?.exemplarWait ?? (() => Infinity);
/** @internal */
export const seriesNumber: typeof Native.seriesNumber = binding?.seriesNumber ?? (() => -1);
/** @internal */
export const sharedSet: typeof Native.sharedSet = binding?.sharedSet ?? absent;
/** @internal */
export const sharedValue: typeof Native.sharedValue = binding?.sharedValue ?? (() => null);
/** @internal */
export const sharedAdd: typeof Native.sharedAdd = binding?.sharedAdd ?? absent;

/** Joins a heap, or makes it, and leases a slot. Throws an `MpmetricsError`. @internal */
export function attach(options: Native.HeapOptions): Native.NativeHeap {
  return callNative(() => loaded().NativeHeap.attach(options));
}

/**
 * Opens a heap for reading. Throws an `MpmetricsError`, with the code `MPMETRICS_NO_SUCH_HEAP` if there is none.
 * @internal
 */
export function observe(options: Native.HeapOptions): Native.NativeHeap {
  try {
    return callNative(() => loaded().NativeHeap.observe(options));
  } catch (error) {
    const isMissing = error instanceof MpmetricsError && error.code === 'MPMETRICS_NO_SUCH_HEAP';
    throw isMissing ? noSuchHeap(options, error) : error;
  }
}

function noSuchHeap({ name, id }: Native.HeapOptions, cause: MpmetricsError): MpmetricsError {
  const which = name === undefined ? `with the id ${id}` : `named "${name}"`;
  return new MpmetricsError(
    cause.code,
    `There is no heap ${which}. Start the application that writes to it first.`,
    { cause },
  );
}

/** All heaps of this machine, by name. @internal */
export function listHeaps(): Native.HeapEntry[] {
  return callNative(() => loaded().heaps());
}

/**
 * Removes the heaps of this user that no writer holds, and returns them.
 *
 * @param isKeptToo Whether heaps that are kept for readers are removed, too.
 * @internal
 */
export function cleanHeaps(isKeptToo: boolean): Native.HeapEntry[] {
  return callNative(() => loaded().cleanHeaps(isKeptToo));
}

/** The class of this binding's heaps. Another binding gives other numbers to its heaps. @internal */
export function heapClass(): object {
  return loaded().NativeHeap;
}

/** Seconds on the machine's monotonic clock; null without native code. @internal */
export function machineClock(): number | null {
  return binding?.monotonic() ?? null;
}

/** The exposition of families that no heap has. @internal */
export function encodeFamilies(
  families: Native.FamilyValues[],
  encoding: Native.ScrapeRequest['encoding'],
): Buffer {
  return callNative(() => loaded().encodeFamilies(families, encoding));
}

/** The string that all threads of this process share, or null. @internal */
export function processToken(): string | null {
  return callNative(() => loaded().processToken());
}

/** Sets the string that all threads share, unless one is set already. Returns the string that is set now. @internal */
export function setProcessToken(token: string): string {
  return callNative(() => loaded().setProcessToken(token));
}

/** Sets the id of this process's private heap, unless one has been set; returns the one in force. @internal */
export function setPrivateId(id: string): string {
  return callNative(() => loaded().setPrivateId(id));
}

/** Whether this is the first thread of the process. False also where the system does not tell. @internal */
export function isMainThread(): boolean {
  return binding?.isMainThread() === true;
}

/** The kernel's data about this process, or about the process with that pid. @internal */
export function identity(pid?: number): ReturnType<typeof Native.identity> {
  return callNative(() => loaded().identity(pid));
}

/**
 * Calls the binding, and translates its errors into errors of this realm. Under Jest, an error of another realm is no
 * `Error`.
 * @internal
 */
export function callNative<Result>(call: () => Result): Result {
  try {
    return call();
  } catch (error) {
    throw translated(error);
  }
}

/** As `callNative`, for calls with an asynchronous result. @internal */
export async function awaitNative<Result>(call: () => Promise<Result> | Result): Promise<Result> {
  try {
    return await call();
  } catch (error) {
    throw translated(error);
  }
}

function translated(error: unknown): unknown {
  const { code, message } = (error ?? {}) as { code?: unknown; message?: unknown };
  if (typeof code !== 'string' || !code.startsWith('MPMETRICS_')) return error;
  return new MpmetricsError(code, String(message), { cause: error });
}

function load(): typeof Native | null {
  try {
    // An ES module would be the same binding with a default export besides.
    return loadBinding() as typeof Native | null;
  } catch (error) {
    throw noBinding(error);
  }
}

function loaded(): typeof Native {
  if (binding === null) {
    throw new MpmetricsError(
      'MPMETRICS_NO_BINDING',
      'The native binary is not loaded, because MPMETRICS=off was set when mpmetrics was imported.',
    );
  }
  return binding;
}

function absent(): boolean {
  return true;
}
