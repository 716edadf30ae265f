// The choice of a heap: a function of the process environment alone.

import { readableHeapName, requireHeapName } from '../heap/heap-name';
import { isSameApplication } from './application';
import { digest } from './digest';
import type { Identity, ProcessEnvironment } from './process-environment';
import { readToken, TOKEN_VARIABLE, writeToken, type Token } from './token';

/** Why a child process is not in the heap of its parent. @internal */
export type Partial = 'user' | 'mount_namespace';

/** The heap of a process. @internal */
export interface Decision {
  /** The name of a shared heap. Absent: the heap is private. */
  readonly name?: string;
  /** The id that the heap has or gets. The other isolates of this process find a private heap by its id. */
  readonly id?: string;
  /** The token for the other isolates of this process. */
  readonly token?: string;
  /** Whether child processes get the token as well. If the user has chosen the name, they inherit the user's variable. */
  readonly isInherited?: boolean;
  /** The reason for this heap, in a sentence without subject. */
  readonly why: string;
  /** Why the process that started this one is not in the heap, if a page for both was meant. */
  readonly partial?: Partial;
  /** Warnings for the user. */
  readonly warnings: readonly string[];
}

/** The values of `MPMETRICS`. An empty value counts as absent. */
const MODES = new Set(['inherit', 'private', 'off', '']);

/**
 * Chooses the heap, by the first rule that applies: `MPMETRICS=private`; `MPMETRICS_NAME`; a test runner; the choice of
 * another isolate of this process; the inherited token; a name that related processes derive as well.
 *
 * @param processEnvironment The facts about the process.
 * @throws MpmetricsError `MPMETRICS_INVALID_NAME`.
 * @internal
 */
export function decide(processEnvironment: ProcessEnvironment): Decision {
  const { environment, layout, application, sharedMemory, testRunner, freshId } =
    processEnvironment;
  const { uid: user, pid } = processEnvironment.identity();
  const inEnvironment = readToken(environment[TOKEN_VARIABLE] ?? '');
  const told = inEnvironment?.teller === pid ? inEnvironment : undefined;
  const mode = environment['MPMETRICS'] ?? '';
  const warnings = MODES.has(mode)
    ? []
    : [`MPMETRICS=${mode} means nothing: it can be inherit, private, or off.`];
  const ofProcess = readToken(processEnvironment.processToken ?? '');
  if (mode === 'private') {
    const why = 'private, as MPMETRICS=private asks';
    // The threads of a process share its private heap. A thread that alone asks for one gets a heap of its own.
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
    const partial = changedUser(ofProcess, user, told, warnings);
    return { name: chosen, token, why: 'named by MPMETRICS_NAME', ...partial, warnings };
  }
  if (testRunner !== undefined) {
    return { id: freshId(), why: `private, as every test file under ${testRunner}`, warnings };
  }
  if (ofProcess !== undefined) {
    const partial = changedUser(ofProcess, user, told, warnings);
    return { ...joined(ofProcess, 'the one of this process', warnings), ...partial };
  }

  const inherited = readInherited(processEnvironment, warnings);
  if (inherited.token !== undefined) {
    return joined(inherited.token, 'inherited with the environment', warnings);
  }
  const own = rendezvous(processEnvironment);
  const why = inherited.why === undefined ? own.why : `${own.why}; ${inherited.why}`;
  const { partial } = inherited;
  return { ...joined(own.token, why, warnings), ...(partial && { partial }) };
}

/**
 * The reason for a partial page if the process has another user than at its first metric. The same name then leads to a heap of
 * the new user.
 */
function changedUser(
  ofProcess: Token | undefined,
  user: number | undefined,
  told: Token | undefined,
  warnings: string[],
): { partial?: Partial } {
  const { user: ofChoice, name } = ofProcess ?? {};
  // The token for children has the user of the first metric. The choice was made at the import.
  const first = told?.name === name ? told?.user : ofChoice;
  if (name === undefined || first === undefined || first === user) return {};
  warnings.push(
    `This process acts as another user than at its first metric (${first}, now ${user}), so the metrics of this thread are ` +
      'apart from those of the process. Change the user before the first metric.',
  );
  return { partial: 'user' };
}

/** The inherited token if it applies to this process, or the reason why not. */
function readInherited(
  { environment, layout, application, isClusterWorker, sharedMemory, identity }: ProcessEnvironment,
  warnings: string[],
): { token?: Token; why?: string; partial?: Partial } {
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
    return { why: `what it inherited is the heap of user ${token.user}`, partial: 'user' };
  }
  if (token.sharedMemory && token.sharedMemory !== sharedMemory) {
    warnings.push(
      'The process that started this one has another /dev/shm, so their metrics are apart. Give both the same one (in a ' +
        'container: --ipc, or a volume at /dev/shm that both mount).',
    );
    return { why: 'what it inherited is in another /dev/shm', partial: 'mount_namespace' };
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
 * A name that processes derive independently. They meet under it even if the package is imported late, or only in
 * workers. A forked process uses its parent's identity, so siblings meet, and the parent as well if it imports the
 * package later. pm2 starts all applications from one parent, so its home and its name of the application replace the
 * parent.
 */
function rendezvous({
  environment,
  layout,
  application,
  sharedMemory,
  isForked,
  identity,
}: ProcessEnvironment): {
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
    // The title is for human readers of a list of heaps; the digits distinguish.
    return {
      name: `${readableHeapName(title)}-${digits.slice(0, 16)}`,
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
