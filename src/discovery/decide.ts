// Which heap, and why: a function of what a process sees, and of nothing else.

import { requireHeapName } from '../heap/heap-name';
import { isSameApplication } from './application';
import { digest } from './digest';
import type { Identity, Surroundings } from './surroundings';
import { readToken, TOKEN_VARIABLE, writeToken, type Token } from './token';

/** Which heap a process is to have. @internal */
export interface Decision {
  /** The name of a shared heap. Absent: a private one. */
  readonly name?: string;
  /** The id that the heap has, or gets. A private one has to have it, to be found by the other isolates of this process. */
  readonly id?: string;
  /** What to tell the other isolates of this process. */
  readonly token?: string;
  /** Whether child processes are to be told as well: they hear of a name that the user set from the user. */
  readonly isInherited?: boolean;
  /** Why this heap, in a sentence without subject. */
  readonly why: string;
  /** What the user should know. */
  readonly warnings: readonly string[];
}

/** What `MPMETRICS` may say. Nothing is the same as an empty text. */
const MODES = new Set(['inherit', 'private', 'off', '']);

/**
 * Decides. The first that applies: `MPMETRICS=private`; `MPMETRICS_NAME`; a test runner; what
 * this process decided before; what it inherited; and else a name that its relatives make up too.
 *
 * @param surroundings What the process sees.
 * @throws MpmetricsError `MPMETRICS_INVALID_NAME`.
 * @internal
 */
export function decide(surroundings: Surroundings): Decision {
  const { environment, layout, application, sharedMemory, testRunner, freshId } = surroundings;
  const { uid: user } = surroundings.identity();
  const mode = environment['MPMETRICS'] ?? '';
  const warnings = MODES.has(mode)
    ? []
    : [`MPMETRICS=${mode} means nothing: it can be inherit, private, or off.`];
  const ofProcess = readToken(surroundings.processToken ?? '');
  if (mode === 'private') {
    const why = 'private, as MPMETRICS=private asks';
    // The threads of a process share its private heap; a thread alone that is to be private gets one of its own.
    if (ofProcess?.name !== undefined) return { id: freshId(), why, warnings };
    const id = ofProcess?.id ?? freshId();
    return {
      id,
      token: writeToken({ id, layout, application, sharedMemory, user }),
      why,
      warnings,
    };
  }

  const chosen = environment['MPMETRICS_NAME'];
  if (chosen) {
    requireHeapName(chosen, 'The environment variable MPMETRICS_NAME');
    const token = writeToken({ name: chosen, layout, application, sharedMemory, user });
    return { name: chosen, token, why: 'named by MPMETRICS_NAME', warnings };
  }
  if (testRunner !== undefined) {
    return { id: freshId(), why: `private, as every test file under ${testRunner}`, warnings };
  }
  if (ofProcess !== undefined) return joined(ofProcess, 'the one of this process', warnings);

  const inherited = readInherited(surroundings, warnings);
  if (inherited.token !== undefined) {
    return joined(inherited.token, 'inherited with the environment', warnings);
  }
  const own = rendezvous(surroundings);
  const why = inherited.why === undefined ? own.why : `${own.why}; ${inherited.why}`;
  return joined(own.token, why, warnings);
}

/** The inherited token, if it is for this process, and else why not. */
function readInherited(
  { environment, layout, application, isClusterWorker, sharedMemory, identity }: Surroundings,
  warnings: string[],
): { token?: Token; why?: string } {
  const text = environment[TOKEN_VARIABLE];
  if (!text) return {};
  const token = readToken(text);
  if (token?.name === undefined) {
    warnings.push(
      `The environment variable ${TOKEN_VARIABLE} holds no token, so this process does not share its metrics with ` +
        'the process that started it. Only mpmetrics should set it.',
    );
    return { why: 'what it inherited is no token' };
  }
  if (token.layout !== layout) {
    warnings.push(
      `The process that started this one runs a version of mpmetrics that lays out memory differently (${token.layout}, ` +
        `here ${layout}), so their metrics are apart. Install one version in both.`,
    );
    return { why: `what it inherited has layout ${token.layout}` };
  }
  const { uid: user, parent } = identity();
  if (token.user !== undefined && token.user !== user) {
    warnings.push(
      `The process that started this one acts as another user (${token.user}, here ${user}), so their metrics are apart. Run ` +
        'both as one user, which they have become before their first metric.',
    );
    return { why: `what it inherited is the heap of user ${token.user}` };
  }
  if (token.sharedMemory && token.sharedMemory !== sharedMemory) {
    warnings.push(
      'The process that started this one has another /dev/shm, so their metrics are apart. Give both the same one (in a ' +
        'container: --ipc, or a volume at /dev/shm that both mount).',
    );
    return { why: 'what it inherited is in another /dev/shm' };
  }
  // Of a primary that has told its workers: it may have inherited a token itself, and not know of it.
  const isOfPrimary = isClusterWorker && token.teller === parent;
  if (
    !isOfPrimary &&
    !isSameApplication(token.application, application) &&
    environment['MPMETRICS'] !== 'inherit'
  ) {
    const { name, root } = token.application;
    return {
      why: `what it inherited belongs to ${name} (${root}); MPMETRICS=inherit would join it`,
    };
  }
  return { token };
}

/**
 * A name that needs no telling: the processes of an application that imports this package late, or only in its
 * workers, make up the same one. Those that talk to a parent are named by it, so that they meet each other and, should
 * it import the package later, the parent too. pm2 starts all applications from one parent, so its home and the name
 * it knows the application by take the parent's place.
 */
function rendezvous({
  environment,
  layout,
  application,
  sharedMemory,
  isForked,
  identity,
}: Surroundings): {
  token: Token;
  why: string;
} {
  const self = identity();
  const common = [layout, self.uid, self.pidNamespace, sharedMemory];
  const name = environment['name'];
  if (environment['pm_id'] && name) {
    const home = environment['PM2_HOME'] ?? environment['HOME'] ?? '';
    const token = named(application, [...common, 'pm2', home, name]);
    return { token, why: `shared by what pm2 runs as ${name}` };
  }
  const parent = isForked && self.parent > 0;
  const meetingPoint: Identity = parent ? identity(self.parent) : self;
  const { pid, startTime } = meetingPoint;
  const token = named(application, [...common, 'process', pid, startTime, application.root]);
  return { token, why: parent ? `shared by what process ${pid} forks` : `named by process ${pid}` };

  function named({ name: title }: Token['application'], key: unknown[]): Token {
    const digits = digest(JSON.stringify(key), 3);
    // The title is for those who look at a list of heaps; the digits are what counts.
    const readable = title
      .replace(/[^A-Za-z0-9_-]+/g, '-')
      .replace(/^-/, '')
      .slice(0, 32);
    return {
      name: `${readable || 'application'}-${digits.slice(0, 16)}`,
      id: digits.slice(16, 48),
      layout,
      application,
      sharedMemory,
      user: self.uid,
    };
  }
}

function joined(token: Token, why: string, warnings: readonly string[]): Decision {
  const { name, id } = token;
  const known = { ...(name && { name }), ...(id && { id }) };
  return {
    ...known,
    token: writeToken({ ...token, teller: undefined }),
    isInherited: name !== undefined,
    why,
    warnings,
  };
}
