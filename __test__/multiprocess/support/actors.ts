// Processes and threads of one application that obey a spec.
import { randomBytes } from 'node:crypto';
import type { ExecutionContext } from 'ava';
import { Actor } from './acting.mjs';
import { neutral } from './run';

export { Actor };

/** The ways to start an actor. */
export type Kind = 'threads' | 'fork' | 'cluster' | 'spawn';

/** The values that an actor keeps between orders. */
export type { Kept } from './acting.mjs';

/**
 * Starts an application of such actors, which ends with the test. The tests of a file with actors run one after the
 * other.
 *
 * @param kinds How to start each of them.
 */
export function application(t: ExecutionContext, ...kinds: Kind[]): Actor[] {
  for (const name of Object.keys(process.env)) {
    if (!(name in neutral())) delete process.env[name];
  }
  process.env['MPMETRICS_NAME'] = `spec-${randomBytes(6).toString('hex')}`;
  const actors = kinds.map((kind) => new Actor(kind));
  t.teardown(async () => {
    await Promise.all(actors.map(async (actor) => actor.kill()));
  });
  return actors;
}
