// `mpmetrics doctor`: the shared heaps with their processes and reasons, the faults, and their remedies.

import { layout, mayStoreDirectly } from '../../heap/native';
import { FAULT, isSet, WELL, type Command } from '../command';
import { JSON_OPTION } from '../options';
import { paint, print, printJson } from '../output';
import { counted } from '../../present/units';
import { note, ok, type Finding } from './finding';
import { heapFindings } from './heaps';
import { memoryFindings } from './memory';
import { userName } from './processes';

/** The command. @internal */
export const doctor: Command = {
  name: 'doctor',
  summary: 'what is shared with whom and why, what is wrong, and what to do about it',
  words: '',
  count: [0, 0],
  options: { json: JSON_OPTION },
  notes:
    'The exit code is 1 if there is a fault. Run it as the user of the application, on the same machine or in the same container.',
  async run(given) {
    const findings = await allFindings();
    const faults = findings.filter(({ level }) => level === 'fault').length;
    if (isSet(given, 'json')) await printJson({ faults, findings });
    else await print(report(findings, faults));
    return faults > 0 ? FAULT : WELL;
  },
};

async function allFindings(): Promise<Finding[]> {
  const memory = memoryFindings();
  const place = [here(), settings(), ...memory].filter((each) => each !== undefined);
  try {
    return [...place, ...(await heapFindings())];
  } catch (error) {
    // Without shared memory there are no heaps.
    if (memory.some(({ level }) => level === 'fault')) return place;
    throw error;
  }
}

/** The runtime, the platform and the user. */
function here(): Finding {
  const uid = process.getuid?.();
  const user = uid === undefined ? '' : `, user ${userName(uid)}`;
  const tier = mayStoreDirectly ? 'direct' : 'native';
  return ok(
    'here',
    `Node.js ${process.versions.node} on ${process.platform} ${process.arch}, layout ${layout.version}, ${tier} updates${user}`,
  );
}

/** The variables of this shell that decide about the heap of its processes. */
function settings(): Finding | undefined {
  const names = [
    'MPMETRICS',
    'MPMETRICS_NAME',
    'MPMETRICS_KEEP',
    'MPMETRICS_SERIES_LIMIT',
    'MPMETRICS_MAX_SERIES',
  ];
  const set = names
    .filter((name) => process.env[name])
    .map((name) => `${name}=${process.env[name]}`);
  if (set.length === 0) return undefined;
  return note('environment', `what this shell starts has ${set.join(' ')}`);
}

const MARKS = { ok: ['green', '✓'], note: ['yellow', '!'], fault: ['red', '✗'] } as const;

function report(findings: readonly Finding[], faults: number): string {
  const width = Math.min(process.stdout.columns ?? 100, 120) - 2;
  const lines = findings.flatMap(({ level, subject, fact, advice }) => {
    const [color, mark] = MARKS[level];
    const [first = '', ...more] = wrapped(`${subject}: ${fact}`, width - 2);
    const styled = paint('bold', subject) + first.slice(subject.length);
    const todo =
      advice === undefined
        ? []
        : wrapped(advice, width - 4).map((line, index) => `  ${index === 0 ? '→' : ' '} ${line}`);
    return [
      `${paint(color, mark)} ${styled}`,
      ...more.map((line) => `  ${line}`),
      ...todo.map((line) => paint('cyan', line)),
    ];
  });
  const end =
    faults === 0 ? paint('green', 'No fault.') : paint('red', `${counted(faults, 'fault')}.`);
  return [...lines, '', end].join('\n');
}

/** A text in lines of at most that many letters, where its words allow it. */
function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
