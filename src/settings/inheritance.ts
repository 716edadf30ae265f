// One set of settings for all processes: the first one reads the file, and its children take over what it has read.

import { isSameApplication, type Application } from '../discovery/application';
// oxlint-disable-next-line import/default -- the compiler makes one of `export =`
import builtin from '../builtin.cjs';
import type { Found } from './file';
import { isRecord } from './check';

/** The variable that hands the settings of the file to child processes. @internal */
export const SETTINGS_VARIABLE = 'MPMETRICS_SETTINGS';

/** What a process that has read its settings leaves for its children. */
interface Told {
  readonly application: Application;
  readonly file?: Found;
}

// Read once, before this process writes its own.
const told = readTold(process.env[SETTINGS_VARIABLE]);

/** Whether this is a cluster's worker, and its primary has read settings. @internal */
export const isWorkerOfPrimary: boolean = told !== undefined && isClusterWorker();

/**
 * What the parent has read; undefined where this process must look itself. A cluster's worker belongs to its primary; any
 * other process must be one of the same application.
 * @internal
 */
export function inheritedFile(application: Application): Found | undefined {
  if (told === undefined) return undefined;
  if (!isWorkerOfPrimary && !isSameApplication(told.application, application)) return undefined;
  return told.file ?? { source: 'the parent process', content: {} };
}

/** Leaves for child processes what the file says. @internal */
export function tellChildren(application: Application, file: Found | undefined): void {
  const telling: Told = { application, ...(file && { file }) };
  process.env[SETTINGS_VARIABLE] = JSON.stringify(telling);
}

/** Only a process with a channel to its parent can be one: others need not load the module. */
function isClusterWorker(): boolean {
  return typeof process.send === 'function' && builtin.cluster().isWorker;
}

function readTold(text: string | undefined): Told | undefined {
  if (!text) return undefined;
  try {
    const parsed: unknown = JSON.parse(text);
    if (isRecord(parsed) && isRecord(parsed['application'])) return parsed as unknown as Told;
  } catch {
    // Anybody may have written it: then this process looks itself.
  }
  return undefined;
}
