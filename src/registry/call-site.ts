// Call sites, as stack traces name them: processes that run the same code have them in common.

import { readFileSync } from 'fs';
import { dirname, join, relative, sep } from 'path';
import { fileURLToPath } from 'url';

/** A call on the stack, kept until somebody wants to know where it is: to write a trace takes longer than to keep it. */
export interface Trace {
  readonly stack?: unknown;
}

/**
 * The trace of a call, from the caller of that function or class on.
 *
 * An `Error.stackTraceLimit` that lets no trace have a line is raised for that moment. `Error.prepareStackTrace` is left alone: a
 * trace that it makes illegible says nothing.
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
 * Where the call was made, as `package:path/in/it.js:line:column`, in the same words in every process; null where that
 * can't be said, as in code that was made of text.
 * @internal
 */
export function callSiteOf({ stack }: Trace): string | null {
  if (typeof stack !== 'string') return null;
  const line = stack.split('\n').find((text) => /^\s+at /.test(text));
  const [, file, row, column] = /^\s+at (?:.* \()?(.+?):(\d+):(\d+)\)?$/.exec(line ?? '') ?? [];
  if (file === undefined || /eval at |^node:|^\[|^</.test(file)) return null;
  return `${portable(file.replace(/^async /, ''))}:${row}:${column}`;
}

/** The file by its package and its path there: the same file may be installed in several folders. */
function portable(file: string): string {
  const path = pathOf(file);
  if (path === null) return file;
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    const name = packageName(folder);
    if (name !== null) return [name, ...relative(folder, path).split(sep)].join('/');
    if (dirname(folder) === folder) return path;
  }
}

/** Null for what is no file, but a name that a bundler has made up. */
function pathOf(file: string): string | null {
  if (!/^\w{2,}:/.test(file)) return file;
  try {
    return fileURLToPath(file);
  } catch {
    return null;
  }
}

/** Null where there is no package, or one that says no more than which kind of modules it has. */
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
