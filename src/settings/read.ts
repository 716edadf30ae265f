// Reading the settings of this process: from the environment first, then from the file, then the defaults.

import { pathToFileURL } from 'url';
import { inspect } from 'util';
import { applicationOf, type Application } from '../discovery/application';
import { isRecord } from './check';
import { problemsTogether } from './endpoint';
import { fromEnvironment, refusal } from './environment';
import { FILE_VARIABLE, FileProblem, findFile, type Found } from './file';
import { inheritedFile, SETTINGS_VARIABLE, passToChildren } from './inheritance';
import { DEFINITIONS, type Settings } from './settings';
import { problemsOfNames } from './unknown';

type Name = keyof Settings;
const NAMES = Object.keys(DEFINITIONS) as Name[];
const VARIABLES = [
  ...Object.values(DEFINITIONS).map(({ variable }) => variable),
  FILE_VARIABLE,
  SETTINGS_VARIABLE,
];

/**
 * The settings, asynchronously. Child processes inherit the content of the file.
 *
 * @throws MpmetricsError `MPMETRICS_BAD_SETTING` with all invalid settings.
 * @internal
 */
export async function readSettings(): Promise<Settings> {
  const found = fileOfApplication();
  if (found !== undefined && !('content' in found)) {
    return settingsFrom({ source: found.source, content: await contentOfModule(found.source) });
  }
  return settingsFrom(found);
}

/** The settings, synchronously. Refuses a file that is a module. @internal */
export function readSettingsNow(): Settings {
  const found = fileOfApplication();
  if (found !== undefined && !('content' in found)) {
    throw refusal([
      `${found.source} is a module, which --require cannot wait for: start with --import mpmetrics/auto, or write ` +
        'mpmetrics.config.json',
    ]);
  }
  return settingsFrom(found);
}

/**
 * The application of this process. pm2 starts a script of its own, and passes the application's in a variable.
 * @internal
 */
export function thisApplication(): Application {
  const { pm_id: isOfPm2, pm_exec_path: script } = process.env;
  return applicationOf(isOfPm2 && script ? script : process.argv[1], process.cwd());
}

function fileOfApplication(): Found | undefined {
  const application = thisApplication();
  try {
    return inheritedFile(application) ?? findFile(application.root, process.env[FILE_VARIABLE]);
  } catch (error) {
    if (error instanceof FileProblem) throw refusal([error.message]);
    throw error;
  }
}

async function contentOfModule(file: string): Promise<unknown> {
  try {
    const { default: content } = (await import(pathToFileURL(file).href)) as { default?: unknown };
    return await content;
  } catch (error) {
    throw refusal([`${file} cannot be loaded: ${(error as Error).message}`]);
  }
}

/** Combines all sources. One error reports all faults. */
function settingsFrom(found: Found | undefined): Settings {
  const problems = problemsOfNames(VARIABLES, process.env);
  const ofFile = found === undefined ? {} : checkedContent(found, problems);
  const settings = Object.fromEntries(
    NAMES.map((name) => [
      name,
      fromEnvironment(name, problems) ?? ofFile[name] ?? DEFINITIONS[name].initial,
    ]),
  ) as unknown as Settings;
  if (problems.length === 0) problems.push(...problemsTogether(settings));
  if (problems.length > 0) throw refusal(problems);
  passToChildren(thisApplication(), found && { ...found, content: ofFile });
  return settings;
}

/** A copy of the content, because a module may compute a property at each read. */
function checkedContent({ source, content }: Found, problems: string[]): Partial<Settings> {
  if (!isRecord(content)) {
    problems.push(`${source} must hold an object with settings`);
    return {};
  }
  const checked: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(content)) {
    if (value === undefined) continue;
    const definition = Object.hasOwn(DEFINITIONS, name) ? DEFINITIONS[name as Name] : undefined;
    if (definition === undefined) {
      problems.push(`${source}: there is no setting "${name}", but ${NAMES.join(', ')}`);
    } else if (!definition.isValid(value)) {
      const shown = definition.isSecret ? 'wrong' : textOf(value);
      problems.push(`${source}: "${name}" is ${shown}, and ${definition.words}`);
    } else {
      checked[name] = value;
    }
  }
  return checked as Partial<Settings>;
}

/** A value of a module may be one that JSON does not have, such as `NaN` or an object that refers to itself. */
function textOf(value: unknown): string {
  return typeof value === 'string'
    ? JSON.stringify(value)
    : inspect(value, { breakLength: Infinity });
}
