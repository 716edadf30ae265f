// Discovery: reads the process environment, chooses the heap, and passes the choice on to threads and child processes.
//
// This happens when the package is imported, so that later threads and children find the choice. The first metric makes
// the heap.

import { debuglog } from 'util';
import { decide, type Decision, type Partial } from './decide';
import { readProcessEnvironment, type ProcessEnvironment } from './process-environment';
import { readToken, TOKEN_VARIABLE, writeToken, type Token } from './token';
import { warn } from '../errors';
import { identity, isOff, layout, processToken, setProcessToken } from '../heap/native';

/** The heap that a process will join. @internal */
export interface Discovery {
  /** Whether metrics are switched off (`MPMETRICS=off`). Then there is no heap. */
  readonly off: boolean;
  /** The name of a shared heap. Absent: the heap is private. */
  readonly name?: string;
  /** The id that the heap has or gets. A private heap is found by its id. */
  readonly id?: string;
  /** The reason for this heap, for `NODE_DEBUG=mpmetrics` and `heap.info()`. */
  readonly why: string;
  /** Why pages of the heap show a part of the application only, if they do. */
  readonly partial?: Partial;
}

const debug = debuglog('mpmetrics');

/** The choice of this isolate. A second call returns it with the same reason, and without a second warning. */
let latest: { token: string | undefined; discovery: Discovery } | undefined;

/**
 * Chooses the heap of this isolate. Stores the choice for threads (in a string of the process) and for child processes
 * (in the environment).
 *
 * @throws MpmetricsError `MPMETRICS_INVALID_NAME` if `MPMETRICS_NAME` is no valid name.
 * @internal
 */
export function discover(): Discovery {
  if (isOff) return { off: true, why: 'switched off by MPMETRICS=off' };
  const processEnvironment = readProcessEnvironment({
    layout: layout.version,
    processToken,
    identity,
  });
  const agreed = agree(decide(processEnvironment), processEnvironment);
  if (latest === undefined || latest.token !== agreed.token) {
    for (const warning of agreed.warnings) warn('MPMETRICS_DISCOVERY', warning);
    latest = { token: agreed.token, discovery: reported(agreed) };
  }
  return latest.discovery;
}

/** Passes the choice on to threads and children. Of two threads that choose at once, the first chooses for both. */
function agree(decision: Decision, processEnvironment: ProcessEnvironment): Decision {
  let agreed = decision;
  if (decision.token !== undefined && processEnvironment.processToken === null) {
    const inForce = setProcessToken(decision.token);
    if (inForce !== decision.token)
      agreed = decide({ ...processEnvironment, processToken: inForce });
  }
  if (agreed.isInherited === true && agreed.token !== undefined) passToChildren(agreed.token);
  return agreed;
}

/** The user that this process had when this isolate joined its heap, if that was another one than at the choice. */
let userOfHeap: number | undefined;

/** Notes that this isolate has just joined its heap, which thus belongs to the present user. @internal */
export function noteJoining(): void {
  const token = latest?.token === undefined ? undefined : readToken(latest.token);
  // A system without user ids has no function for it.
  const uid = process.geteuid?.();
  if (uid === undefined || token?.name === undefined || token.user === uid) return;
  userOfHeap = uid;
  if (readToken(process.env[TOKEN_VARIABLE] ?? '')?.name === token.name)
    passToChildren(writeToken(token));
}

function passToChildren(token: string): void {
  try {
    const read = readToken(token) as Token;
    const told = { ...read, user: userOfHeap ?? read.user, teller: process.pid };
    process.env[TOKEN_VARIABLE] = writeToken(told);
  } catch (error) {
    debug(
      'child processes will choose for themselves, since the environment cannot be set: %o',
      error,
    );
  }
}

function reported({ name, id, why, partial }: Decision): Discovery {
  debug('%s: %s', name === undefined ? 'a private heap' : `the heap ${name}`, why);
  return { off: false, ...(name && { name }), ...(id && { id }), ...(partial && { partial }), why };
}

/** Announces the heap to later threads and children. Errors are left to the first metric. */
function announce(): void {
  try {
    discover();
  } catch (error) {
    debug('no heap was announced: %o', error);
  }
}

announce();
