// One set of settings for all processes: the first process reads the file, and its children take over the result.

import { isSameApplication, type Application } from '../discovery/application';
// oxlint-disable-next-line import/default -- the compiler makes one of `export =`
import builtin from '../builtin.cjs';
import type { Found } from './file';
import { isRecord } from './check';

/** The variable that passes the file's settings on to child processes. @internal */
export const SETTINGS_VARIABLE = 'MPMETRICS_SETTINGS';

/** The settings that a process passes on to its children. */
interface Inheritance {
  readonly application: Application;
  readonly file?: Found;
}

// Read once, before this process sets the variable.
const inherited = readInheritance(process.env[SETTINGS_VARIABLE]);

/** Whether this is a cluster's worker whose primary has read settings. @internal */
export const isWorkerOfPrimary: boolean = inherited !== undefined && isClusterWorker();

/**
 * The parent's result; undefined if this process must read the file itself. A cluster's worker always takes over the
 * result of its primary, and any other process only within the same application.
 * @internal
 */
export function inheritedFile(application: Application): Found | undefined {
  if (inherited === undefined) return undefined;
  if (!isWorkerOfPrimary && !isSameApplication(inherited.application, application))
    return undefined;
  return inherited.file ?? { source: 'the parent process', content: {} };
}

/** Passes the content of the file on to child processes. @internal */
export function passToChildren(application: Application, file: Found | undefined): void {
  const passed: Inheritance = { application, ...(file && { file }) };
  process.env[SETTINGS_VARIABLE] = JSON.stringify(passed);
}

/** Only a process with a channel to its parent can be a worker. Others need not load the module. */
function isClusterWorker(): boolean {
  return typeof process.send === 'function' && builtin.cluster().isWorker;
}

function readInheritance(text: string | undefined): Inheritance | undefined {
  if (!text) return undefined;
  try {
    const parsed: unknown = JSON.parse(text);
    if (isRecord(parsed) && isRecord(parsed['application']))
      return parsed as unknown as Inheritance;
  } catch {
    // The variable may hold anything. Then this process reads the file itself.
  }
  return undefined;
}
