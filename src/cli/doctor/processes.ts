// The processes of this machine, from Linux's `/proc`.

import { readdirSync, readFileSync, readlinkSync, statSync } from 'fs';

/** A process. @internal */
export interface Process {
  readonly pid: number;
  /** Its user. */
  readonly uid: number;
  /** Its command line, shortened. */
  readonly command: string;
  /** The variables with which the process was started; empty if they are not readable. */
  readonly environment: ReadonlyMap<string, string>;
  /** Whether the binding of this package is loaded there. */
  readonly hasBinding: boolean;
  /** Whether the process has its own root folder or file system, as in a container. */
  readonly isElsewhere: boolean;
  /** Whether it holds a lease, whatever the layout of the heap. */
  readonly hasLease: boolean;
  /** The most files that the process may have open; undefined if unknown. */
  readonly openFiles: number | undefined;
}

/** The process of that number; undefined if it has ended, or belongs to another user. @internal */
export function processOf(pid: number): Process | undefined {
  try {
    const { uid } = statSync(`/proc/${pid}`);
    const maps = read(pid, 'maps');
    if (maps === undefined) return undefined;
    return {
      pid,
      uid,
      command: commandOf(read(pid, 'cmdline') ?? ''),
      environment: environmentOf(read(pid, 'environ') ?? ''),
      hasBinding: /\bmpmetrics[^/\n]*\.node\b/.test(maps),
      hasLease: holdsLease(pid),
      isElsewhere: link(pid, 'ns/mnt') !== link('self', 'ns/mnt'),
      openFiles: openFilesOf(read(pid, 'limits') ?? ''),
    };
  } catch {
    return undefined;
  }
}

/** The readable processes that have loaded the binding of this package. @internal */
export function processesWithBinding(): Process[] {
  let names: string[];
  try {
    names = readdirSync('/proc');
  } catch {
    return [];
  }
  const pids = names.filter((name) => /^\d+$/.test(name)).map(Number);
  return pids
    .filter((pid) => pid !== process.pid)
    .map(processOf)
    .filter((found) => found?.hasBinding === true) as Process[];
}

function holdsLease(pid: number): boolean {
  const files = readdirSync(`/proc/${pid}/fd`);
  return files.some((file) => /\/mpm\.\w+\.w\d+$/.test(link(pid, `fd/${file}`)));
}

function read(pid: number, name: string): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'utf8');
  } catch {
    return undefined;
  }
}

function link(pid: number | 'self', name: string): string {
  try {
    return readlinkSync(`/proc/${pid}/${name}`);
  } catch {
    return '';
  }
}

function commandOf(text: string): string {
  const words = text.split('\0').filter((word) => word !== '');
  const command = words.map((word) => word.split('/').at(-1) ?? word).join(' ');
  return command.length > 60 ? `${command.slice(0, 59)}…` : command;
}

function environmentOf(text: string): Map<string, string> {
  const pairs = text.split('\0').filter((pair) => pair.includes('='));
  return new Map(
    pairs.map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]),
  );
}

function openFilesOf(limits: string): number | undefined {
  const [, soft] = /^Max open files\s+(\d+)/m.exec(limits) ?? [];
  return soft === undefined ? undefined : Number(soft);
}

/** The name of a user, or the number if there is no name. @internal */
export function userName(uid: number): string {
  try {
    const line = readFileSync('/etc/passwd', 'utf8')
      .split('\n')
      .find((each) => each.split(':')[2] === String(uid));
    return line?.split(':')[0] ?? String(uid);
  } catch {
    return String(uid);
  }
}
