// The native binding as the facade sees it: loaded once, its errors turned into ours, its layout as constants.

import type * as Native from '#binding';
// oxlint-disable-next-line import/default -- a CommonJS module: what it exports is its default
import loadBinding from './binding.cjs';
import { MpmetricsError } from '../errors';
import { noBinding } from './no-binding';

/** The binding's types, under the names by which the other rooms know them. @internal */
export type {
  Binding,
  Chunk,
  FamilySpec,
  FamilyValues,
  HeapInfo,
  HeapOptions,
  NativeHeap,
  ScrapeRequest,
} from '#binding';

const binding: typeof Native | null = load();

/** Whether `MPMETRICS=off` was said when this was loaded: then nothing native is there. @internal */
export const isOff = binding === null;

/** Where things lie in a cell, in 64-bit words. Empty when switched off: then there are no cells. @internal */
export const layout = (binding?.layout ?? { directTier: false }) as typeof Native.layout;

/**
 * The runtimes that were seen to store whole words in order: docs/RELIABILITY.md has the figures. One that calls itself
 * Node.js and is another (Electron, NW.js) is none of them.
 */
const STORE_IN_ORDER = new Set(['node', 'bun', 'deno']);
const runtime =
  ['bun', 'deno', 'electron', 'nw'].find((name) => name in process.versions) ??
  process.release.name;

/** Whether updates may be typed-array stores here, as far as that can be said without a heap. @internal */
export const mayStoreDirectly =
  layout.directTier && STORE_IN_ORDER.has(runtime) && process.env['MPMETRICS_TIER'] !== 'native';

/*
 * One update each. `false`: the series has another generation now, so that the caller has to bind again. They are
 * called as they are, since each call costs more than the update: they throw nothing.
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
export const sharedSet: typeof Native.sharedSet = binding?.sharedSet ?? absent;
/** @internal */
export const sharedValue: typeof Native.sharedValue = binding?.sharedValue ?? (() => null);
/** @internal */
export const sharedAdd: typeof Native.sharedAdd = binding?.sharedAdd ?? absent;

/** Joins a heap, or makes it, and leases a slot in it. Throws `MpmetricsError`. @internal */
export function attach(options: Native.HeapOptions): Native.NativeHeap {
  return callNative(() => loaded().NativeHeap.attach(options));
}

/** Opens a heap for reading. Throws `MpmetricsError`: with `MPMETRICS_NO_SUCH_HEAP` when there is none. @internal */
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

/** The class of this binding's heaps. The numbers that those of another have mean nothing to its functions. @internal */
export function heapClass(): object {
  return loaded().NativeHeap;
}

/** Seconds on the machine's monotonic clock; null where nothing native is there. @internal */
export function machineClock(): number | null {
  return binding?.monotonic() ?? null;
}

/** The string that all threads of this process share, or null. @internal */
export function processToken(): string | null {
  return callNative(() => loaded().processToken());
}

/** Sets the string that all threads share, unless one has been set; returns the one in force. @internal */
export function setProcessToken(token: string): string {
  return callNative(() => loaded().setProcessToken(token));
}

/** What the kernel knows of this process, or of the one with that pid. @internal */
export function identity(pid?: number): ReturnType<typeof Native.identity> {
  return callNative(() => loaded().identity(pid));
}

/**
 * Calls into the binding, and turns its errors into errors of this realm: one of another realm is no `Error` to those
 * who test with Jest.
 * @internal
 */
export function callNative<Result>(call: () => Result): Result {
  try {
    return call();
  } catch (error) {
    throw translated(error);
  }
}

/** The same for what answers later. @internal */
export async function awaitNative<Result>(call: () => Promise<Result>): Promise<Result> {
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
    // A module of the other kind is the same binding with a default besides.
    return loadBinding() as typeof Native | null;
  } catch (error) {
    throw noBinding(error);
  }
}

function loaded(): typeof Native {
  if (binding === null) {
    throw new MpmetricsError(
      'MPMETRICS_NO_BINDING',
      'Nothing native is loaded, since MPMETRICS=off was set when mpmetrics was imported.',
    );
  }
  return binding;
}

function absent(): boolean {
  return true;
}
