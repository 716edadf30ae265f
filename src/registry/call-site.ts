// Call sites, from stack traces. Processes that run the same code have the same call sites.

import { readFileSync } from 'fs';
import { dirname, join, relative, sep } from 'path';
import { fileURLToPath } from 'url';

/** A call on the stack. Its trace is kept unread, because formatting costs more than keeping. */
export interface Trace {
  readonly stack?: unknown;
}

/**
 * The trace of a call, from the caller of that function or class upwards.
 *
 * An `Error.stackTraceLimit` of 0 is raised for the moment of the call. `Error.prepareStackTrace` is left alone: if it makes
 * traces unreadable, the call site stays unknown.
 * @internal
 */
export function traceAbove(callee: Function): Trace {
  const trace: Trace = {};
  const limit = Object.getOwnPropertyDescriptor(Error, 'stackTraceLimit');
  const isEnough = typeof limit?.value === 'number' && limit.value >= 1;
  // False where the property cannot be changed.
  const isRaised = !isEnough && Reflect.defineProperty(Error, 'stackTraceLimit', RAISED);
  Error.captureStackTrace(trace, callee);
  if (!isRaised) return trace;
  if (limit === undefined) Reflect.deleteProperty(Error, 'stackTraceLimit');
  else Reflect.defineProperty(Error, 'stackTraceLimit', limit);
  return trace;
}

const RAISED = { value: 1, writable: true, enumerable: true, configurable: true };

/**
 * The position of the call, as `package:path/in/it.js:line:column`, in the same form in every process. Null if there is
 * none, as in code that was made from text.
 * @internal
 */
export function callSiteOf({ stack }: Trace): string | null {
  if (typeof stack !== 'string') return null;
  const line = stack.split('\n').find((text) => /^\s+at /.test(text));
  const [, file, row, column] = /^\s+at (?:.* \()?(.+?):(\d+):(\d+)\)?$/.exec(line ?? '') ?? [];
  if (file === undefined || /eval at |^node:|^\[|^</.test(file)) return null;
  return `${portable(file.replace(/^async /, ''))}:${row}:${column}`;
}

/** The file as package name and path, because the same file may be installed in several folders. */
function portable(file: string): string {
  const path = pathOf(file);
  if (path === null) return file;
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    const name = packageName(folder);
    if (name !== null) return [name, ...relative(folder, path).split(sep)].join('/');
    if (dirname(folder) === folder) return path;
  }
}

/** The path of a file. Null for a name that is no file, as bundlers make them up. */
function pathOf(file: string): string | null {
  if (!/^\w{2,}:/.test(file)) return file;
  try {
    return fileURLToPath(file);
  } catch {
    return null;
  }
}

/** The name of the package in that folder. Null without a package, or if its manifest has no name. */
function packageName(folder: string): string | null {
  try {
    const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
      name?: unknown;
    };
    return typeof manifest.name === 'string' && manifest.name !== '' ? manifest.name : null;
  } catch {
    return null;
  }
}
