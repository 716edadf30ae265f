// Why the native binary could not be loaded: the reason first, and advice that helps against that reason.

import { MpmetricsError } from '../errors';

/** The systems for which there are binaries. @internal */
export const SYSTEMS: readonly string[] = [
  'darwin-arm64',
  'darwin-x64',
  'linux-arm64',
  'linux-x64',
  'win32-arm64',
  'win32-x64',
];

/** The variable by which the loader takes another file. */
const FILE_VARIABLE = 'NAPI_RS_NATIVE_LIBRARY_PATH';

/** The messages of the systems' loaders, and advice for each. */
const ADVICE: readonly [pattern: RegExp, advice: string][] = [
  [
    /disabled|--allow-addons/,
    'Start the program without --no-addons, and with --allow-addons under the permission model',
  ],
  [
    /GLIBC|musl|[Rr]elocating|symbol not found|libgcc_s|ld-linux/,
    'The binary needs another C library, or a newer one. Install the package on the system that runs it',
  ],
  [
    /[Pp]ermission denied|not permitted|failed to map segment|EACCES|EPERM|denied/,
    'Let this process read and execute that file. A file system that is mounted with noexec cannot hold it',
  ],
  [
    /ELF|too short|cannot open shared object file|mach-o|Mach-O|incompatible architecture|not a valid Win32|slice is not valid|cannot read file data/,
    'The file is damaged, or made for another system. Remove node_modules and install again on the system that runs it',
  ],
  [/Dynamic require/, 'Leave mpmetrics out of the bundle: docs/guides/bundlers.md says how'],
];

/** The error for a binary that the loader could not load. Its errors are linked by `cause`, the first one innermost. @internal */
export function noBinding(error: unknown): MpmetricsError {
  const system = `${process.platform}-${process.arch}`;
  const { [FILE_VARIABLE]: file } = process.env;
  const messages = messagesOf(error);
  // A place without the file is no reason: the loader looks in several.
  const reason = messages.find((message) => file || !message.startsWith('Cannot find module'));
  const [what, advice] =
    reason === undefined ? absent(system) : refused(system, reason.split('\n')[0] ?? '', file);
  return new MpmetricsError(
    'MPMETRICS_NO_BINDING',
    `${what} ${advice}. Or set MPMETRICS=off to run without metrics.`,
    { cause: error },
  );
}

function absent(system: string): [what: string, advice: string] {
  const what = `There is no native binary of mpmetrics for ${system} here.`;
  return SYSTEMS.includes(system)
    ? [
        what,
        'Install mpmetrics on this system together with its optional dependencies (not with --omit=optional or ' +
          '--no-optional). A bundler must leave mpmetrics out of the bundle',
      ]
    : [what, `There are binaries for ${SYSTEMS.join(', ')}`];
}

function refused(system: string, reason: string, file?: string): [what: string, advice: string] {
  const what = `The native binary of mpmetrics for ${system} cannot be loaded: ${reason.replace(/\.$/, '')}.`;
  if (file) return [what, `Correct or remove ${FILE_VARIABLE}, which is "${file}"`];
  const known = ADVICE.find(([pattern]) => pattern.test(reason))?.[1];
  return [what, known ?? 'Install mpmetrics again on the system that runs it'];
}

/** The messages of the loader's attempts, the first attempt first. */
function messagesOf(error: unknown): string[] {
  const messages: string[] = [];
  // The outermost error says what the others have in common, unless it is the only one.
  for (let at = error; at instanceof Object; at = (at as Error).cause) {
    messages.unshift(String((at as Error).message));
  }
  return messages.length > 1 ? messages.slice(0, -1) : messages;
}
