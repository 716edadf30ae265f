// What the operator of an application has decided about its metrics, whichever package or copy of this one makes them.

/** Decisions by the name of a family. @internal */
export interface MetricPolicy {
  /** Whether the family is left out: then nothing is stored for it, and no page shows it. */
  isLeftOut(name: string): boolean;
  /** The upper bounds that a histogram of that name has instead of its own. */
  buckets(name: string): readonly number[] | undefined;
}

// Outside of this module: several copies of the package in one isolate follow one policy.
const POLICY = Symbol.for('mpmetrics.policy');
const state = globalThis as { [POLICY]?: MetricPolicy };

/** Sets the policy for all metrics that this isolate makes from now on; undefined: there is none. @internal */
export function setMetricPolicy(policy: MetricPolicy | undefined): void {
  if (policy === undefined) delete state[POLICY];
  else state[POLICY] = policy;
}

/** Whether a family of that name is left out. @internal */
export function isLeftOut(name: string): boolean {
  return state[POLICY]?.isLeftOut(name) ?? false;
}

/** The bounds that the policy has for a histogram of that name. @internal */
export function bucketsByPolicy(name: unknown): readonly number[] | undefined {
  return typeof name === 'string' ? state[POLICY]?.buckets(name) : undefined;
}
