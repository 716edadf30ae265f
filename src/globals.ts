// State that all evaluations of this package in one isolate share. A test runner evaluates a file several times, and a
// tree of packages may hold several copies. So this state is kept on `globalThis`.

const STATE = Symbol.for('mpmetrics.evaluations');

interface State {
  /** How many registries there have been. */
  registries: number;
  /** By file: how often it was evaluated, and how to withdraw the registrations of the last evaluation. */
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
 * Records an evaluation of this file, and returns the data of the last one: how many there were before, and how to
 * withdraw its registrations.
 *
 * @param withdraw Withdraws the registrations of this evaluation.
 * @internal
 */
export function evaluate(withdraw: () => void): { count: number; withdraw: () => void } {
  const file = typeof __filename === 'string' ? __filename : '';
  const before = state.files.get(file) ?? { count: 0, withdraw: () => undefined };
  state.files.set(file, { count: before.count + 1, withdraw });
  return before;
}
