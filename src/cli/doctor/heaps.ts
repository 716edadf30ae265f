// Findings about heaps: their processes, the reasons for sharing, and their faults.

import { statSync } from 'fs';
import { layout, type HeapInfo } from '../../heap/native';
import { allHeaps, type Listed } from '../heaps';
import { liveProcesses } from '../ls';
import { Reading } from '../reading';
import { bytes, counted, duration } from '../../present/units';
import { fault, note, ok, type Finding } from './finding';
import { processesWithBinding, processOf, userName, type Process } from './processes';

/** The time in milliseconds within which event loops must turn. */
const TURN_WAIT = 250;
/** With a lower limit of open files, a process may get none for a lease. */
const LEAST_FILES = 256;

/** The findings about all heaps. @internal */
export async function heapFindings(): Promise<Finding[]> {
  const heaps = allHeaps();
  const own = heaps.filter(({ entry }) => entry.state === 'held' && entry.name !== null);
  const found: Finding[] = [];
  for (const heap of own) {
    found.push(...(heap.info === undefined ? [unread(heap)] : await ofHeap(heap, heap.info)));
  }
  if (own.length === 0) {
    found.push(
      note(
        'heaps',
        'no application of this user shares a heap now',
        'a heap is made by the first metric of an application: start it, or see below for private ones',
      ),
    );
  }
  return [...found, ...versions(heaps), ...foreign(heaps), ...over(heaps), ...privateOnes()];
}

function unread({ title, entry, reason }: Listed): Finding {
  if (entry.layout === layout.version) {
    return fault(title, `it can't be read: ${reason ?? ''}`, 'restart the application');
  }
  return note(
    title,
    `processes with another version of mpmetrics hold it (layout ${entry.layout}, here ${layout.version})`,
    'look at it with the version of the application: run npx mpmetrics in its folder',
  );
}

async function ofHeap(heap: Listed, info: HeapInfo): Promise<Finding[]> {
  const { title, pids } = heap;
  const processes = pids.map(processOf).filter((each) => each !== undefined);
  const who = pids.slice(0, 8).map((pid) => {
    const command = processes.find((each) => each.pid === pid)?.command;
    return command === undefined || command === '' ? String(pid) : `${pid} (${command})`;
  });
  if (pids.length > 8) who.push(`and ${pids.length - 8} more`);
  const count = counted(liveProcesses(heap), 'process', 'processes');
  const use = liveProcesses(heap) === 1 ? 'uses it' : `share it, ${reasonFor(title, processes)}`;
  const size = `${counted(info.series, 'series', 'series')}, ${bytes(info.bytes)}`;
  const found = [
    ok(title, `${count} ${use}: ${who.join(', ')}; ${size}`),
    ...droppedFindings(title, info),
  ];
  if (info.conflicts > 0) {
    found.push(
      note(
        title,
        `${counted(info.conflicts, 'declaration')} differed from another one of the same name`,
        'during a rolling deployment this is as it should be; otherwise give each metric one declaration, in a module of its own',
      ),
    );
  }
  found.push(...(await readFindings(heap)), ...limits(title, processes));
  return found;
}

/** The reason why processes share this heap, from their environment. */
function reasonFor(title: string, processes: readonly Process[]): string {
  if (processes.some(({ environment }) => environment.get('MPMETRICS_NAME') === title)) {
    return 'since MPMETRICS_NAME names it';
  }
  if (processes.some(({ environment }) => environment.has('MPMETRICS_TOKEN'))) {
    return 'since one of them has started the others';
  }
  return /-[0-9a-f]{16}$/.test(title) ? 'as one application' : 'since they open it by its name';
}

function droppedFindings(title: string, info: HeapInfo): Finding[] {
  const dropped = (count: number, why: string, advice: string): Finding[] =>
    count > 0
      ? [
          fault(
            title,
            `${counted(count, 'series was', 'series were')} dropped, since ${why}`,
            advice,
          ),
        ]
      : [];
  return [
    ...dropped(
      info.droppedFull,
      'memory was full',
      'see "shared memory"; what was counted there is added when there is room',
    ),
    ...dropped(
      info.droppedBusy,
      'the lock of the heap was held for too long',
      'a process is stopped (look for T in ps -o pid,stat, and continue or end it), or the machine is overloaded',
    ),
    ...dropped(
      info.droppedLimit,
      'their metric, or all metrics together, had reached a limit',
      `find the label with too many values: mpmetrics check --cardinality ${title}; or raise MPMETRICS_SERIES_LIMIT, or MPMETRICS_MAX_SERIES if that is set`,
    ),
  ];
}

/** The findings from reading the heap. */
async function readFindings(listed: Listed): Promise<Finding[]> {
  const { title } = listed;
  try {
    const reading = new Reading(listed);
    try {
      const [[partial], turns] = await Promise.all([
        reading.families({ samples: ['mpmetrics_partial'] }),
        reading.turns(TURN_WAIT),
      ]);
      const found: Finding[] = [];
      const reasons = partial?.series.filter(({ value }) => value === 1) ?? [];
      if (reasons.some(({ labels }) => labels[1] === 'removed_files')) {
        found.push(
          fault(
            title,
            'each page shows a part only: the files of the heap were removed while processes used them',
            `restart the application; if it runs as a user's service, set RemoveIPC=no in /etc/systemd/logind.conf`,
          ),
        );
      }
      if (turns.blocked.length > 0) {
        const pids = [...new Set(turns.blocked.map(({ pid }) => pid))];
        found.push(
          note(
            title,
            `${counted(turns.blocked.length, 'event loop')} of ${turns.asked} did not turn for ${TURN_WAIT} ms: ${pids.join(', ')}`,
            `their counts are read all the same; to see what they do: mpmetrics top ${title}, kill -USR1 ${pids[0]} and node inspect -p ${pids[0]}`,
          ),
        );
      }
      return found;
    } finally {
      reading.close();
    }
  } catch (error) {
    return [
      fault(title, `it can't be read: ${(error as Error).message}`, 'restart the application'),
    ];
  }
}

function limits(title: string, processes: readonly Process[]): Finding[] {
  const few = processes.find(({ openFiles }) => openFiles !== undefined && openFiles < LEAST_FILES);
  if (few === undefined) return [];
  return [
    note(
      title,
      `process ${few.pid} may have only ${few.openFiles} files open, and each thread with metrics needs one for its lease`,
      'raise it: ulimit -n 4096, or LimitNOFILE=4096 of the systemd unit',
    ),
  ];
}

/** Heaps of the same name with different layouts. */
function versions(heaps: readonly Listed[]): Finding[] {
  const held = heaps.filter(({ entry }) => entry.state === 'held');
  const keys = [...new Set(held.map(({ entry }) => entry.key))];
  return keys.flatMap((key) => {
    const same = held.filter(({ entry }) => entry.key === key);
    if (same.length < 2) return [];
    const name = same.find(({ entry }) => entry.name !== null)?.title ?? key;
    const layouts = same.map(({ entry }) => entry.layout);
    layouts.sort((one, other) => one - other);
    return [
      fault(
        name,
        `two versions of mpmetrics have a heap of this name (layouts ${layouts.join(' and ')}), and each page shows the processes of one`,
        'install one version in all processes (npm ls mpmetrics, npm dedupe), and restart the older ones',
      ),
    ];
  });
}

function foreign(heaps: readonly Listed[]): Finding[] {
  const users = new Map<string, number>();
  for (const { entry } of heaps) {
    if (entry.state !== 'foreign') continue;
    const user = ownerOf(entry.gate);
    users.set(user, (users.get(user) ?? 0) + 1);
  }
  return [...users].map(([user, count]) =>
    note(
      'other users',
      `${counted(count, 'heap')} of user ${user}, whose processes share nothing with those of this user`,
      `to look at them, run mpmetrics ls as ${user}, by sudo -u or setpriv --reuid; to share, run all processes as one user`,
    ),
  );
}

function ownerOf(gate: string): string {
  try {
    return userName(statSync(gate).uid);
  } catch {
    return '?';
  }
}

function over(heaps: readonly Listed[]): Finding[] {
  const left = heaps.filter(({ entry }) => entry.state === 'left');
  const kept = heaps.filter(({ entry }) => entry.state === 'kept');
  return [
    ...(left.length > 0
      ? [
          note(
            'ended',
            `${counted(left.length, 'heap')} of processes that were killed: ${names(left)}`,
            'the next start of an application removes them; mpmetrics clean does it now',
          ),
        ]
      : []),
    ...kept.map(({ title, entry }) =>
      note(
        'kept',
        `${title} ended, and is kept for ${duration((entry.keptUntil ?? 0) - Date.now() / 1000)}`,
        `look at it: mpmetrics show ${title}; remove it: mpmetrics clean --kept`,
      ),
    ),
  ];
}

function names(heaps: readonly Listed[]): string {
  return heaps.map(({ title }) => title).join(', ');
}

/** Processes with the binding that are in none of the heaps, by the reason. */
function privateOnes(): Finding[] {
  const uid = process.getuid?.();
  const alone = processesWithBinding().filter(
    (each) => each.uid === uid && !each.hasLease && !isLooking(each),
  );
  const reasons = new Map(alone.map((each) => [reasonOf(each).fact, reasonOf(each)]));
  return [...reasons.values()].map(({ fact, advice }) => {
    const them = alone.filter((each) => reasonOf(each).fact === fact);
    const most = 4;
    const shown = them.slice(0, most).map(({ pid, command }) => `${pid} (${command})`);
    if (them.length > most) shown.push(`and ${them.length - most} more`);
    const who = counted(them.length, 'process shares', 'processes share');
    return note('not shared', `${who} no heap: ${fact}: ${shown.join(', ')}`, advice);
  });
}

/** A command of this program reads heaps, but is no member. */
function isLooking({ command }: Process): boolean {
  return /\bmpmetrics(?:\s|$)|\bcli\.js\b/.test(command);
}

function reasonOf({ environment, isElsewhere }: Process): { fact: string; advice: string } {
  const mode = environment.get('MPMETRICS');
  if (mode === 'private') {
    return {
      fact: 'MPMETRICS=private is in its environment',
      advice: 'remove the variable, and restart it',
    };
  }
  if (isElsewhere) {
    return {
      fact: 'it runs in a container or with a file system of its own',
      advice:
        'containers share a heap only if they share /dev/shm and the user: docker run --ipc=container:NAME, or shareProcessNamespace and one emptyDir at /dev/shm in a pod',
    };
  }
  const runner = ['JEST_WORKER_ID', 'VITEST', 'NODE_TEST_CONTEXT'].find((name) =>
    environment.has(name),
  );
  if (runner !== undefined) {
    return {
      fact: `a test runner has started it (${runner})`,
      advice: 'this is as it should be: each test file has a heap of its own',
    };
  }
  return {
    fact: 'it has no metric yet, or could not join',
    advice:
      'its warnings say why (MpmetricsWarning); NODE_DEBUG=mpmetrics prints the heap that it chooses',
  };
}
