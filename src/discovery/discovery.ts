// Which heap, and why: looks around, decides, and tells threads and child processes.
//
// This happens when the package is imported, so that whatever is started from then on meets this process, while the
// heap itself is made by the first metric.

import { debuglog } from 'util';
import { decide, type Decision } from './decide';
import { lookAround, type Surroundings } from './surroundings';
import { readToken, TOKEN_VARIABLE, writeToken, type Token } from './token';
import { warn } from '../errors';
import { identity, isOff, layout, processToken, setProcessToken } from '../heap/native';

/** The heap that a process is to join. @internal */
export interface Discovery {
  /** Whether metrics are switched off (`MPMETRICS=off`): then there is no heap at all. */
  readonly off: boolean;
  /** The name of a shared heap. Absent: a private one. */
  readonly name?: string;
  /** The id that the heap has, or gets: a private one is found by it. */
  readonly id?: string;
  /** Why this one, for `NODE_DEBUG=mpmetrics` and `heap.info()`. */
  readonly why: string;
}

const debug = debuglog('mpmetrics');

/** What this isolate decided, so that asking again gives the same reason, and no second warning. */
let latest: { token: string | undefined; discovery: Discovery } | undefined;

/**
 * Finds out which heap this isolate is to join. Puts what it found where threads (a string of the process) and child
 * processes (the environment) look for it.
 *
 * @throws MpmetricsError `MPMETRICS_INVALID_NAME` for an `MPMETRICS_NAME` that cannot be one.
 * @internal
 */
export function discover(): Discovery {
  if (isOff) return { off: true, why: 'switched off by MPMETRICS=off' };
  const surroundings = lookAround({ layout: layout.version, processToken, identity });
  const settled = settle(decide(surroundings), surroundings);
  if (latest === undefined || latest.token !== settled.token) {
    for (const warning of settled.warnings) warn('MPMETRICS_DISCOVERY', warning);
    latest = { token: settled.token, discovery: reported(settled) };
  }
  return latest.discovery;
}

/** Tells the threads and the children. Of two threads that decide at once, the first decides for both. */
function settle(decision: Decision, surroundings: Surroundings): Decision {
  let settled = decision;
  if (decision.token !== undefined && surroundings.processToken === null) {
    const inForce = setProcessToken(decision.token);
    if (inForce !== decision.token) settled = decide({ ...surroundings, processToken: inForce });
  }
  if (settled.isInherited === true && settled.token !== undefined) tellChildren(settled.token);
  return settled;
}

function tellChildren(token: string): void {
  try {
    const told = { ...(readToken(token) as Token), teller: process.pid };
    process.env[TOKEN_VARIABLE] = writeToken(told);
  } catch (error) {
    debug('child processes will not be told, since the environment cannot be set: %o', error);
  }
}

function reported({ name, id, why }: Decision): Discovery {
  debug('%s: %s', name === undefined ? 'a private heap' : `the heap ${name}`, why);
  return { off: false, ...(name && { name }), ...(id && { id }), why };
}

/** Announces the heap to whatever is started from now on. What is wrong, the first metric says. */
function announce(): void {
  try {
    discover();
  } catch (error) {
    debug('no heap was announced: %o', error);
  }
}

announce();
