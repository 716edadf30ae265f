// Evaluations of this package in one isolate: a test runner evaluates the same file again, and a tree of packages may
// hold several copies. What has to be told apart or kept together then is kept outside of all of them.

const STATE = Symbol.for('mpmetrics.evaluations');

interface State {
  /** How many registries there have been. */
  registries: number;
  /** For each file, how often it was evaluated, and how to withdraw what the last time has registered. */
  files: Map<string, { count: number; withdraw: () => void }>;
}

const state: State = ((globalThis as { [STATE]?: State })[STATE] ??= {
  registries: 0,
  files: new Map(),
});

/** A number that no other registry of this isolate has. @internal */
export function nextRegistryNumber(): number {
  state.registries += 1;
  return state.registries;
}

/**
 * Says that this file is being evaluated, and returns what the last evaluation of the same file left: how many there
 * have been before, and how to withdraw what it has registered.
 *
 * @param withdraw Withdraws what this evaluation will have registered.
 * @internal
 */
export function evaluate(withdraw: () => void): { count: number; withdraw: () => void } {
  const file = typeof __filename === 'string' ? __filename : '';
  const before = state.files.get(file) ?? { count: 0, withdraw: () => undefined };
  state.files.set(file, { count: before.count + 1, withdraw });
  return before;
}
