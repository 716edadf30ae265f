// The operator's decisions about metrics. They apply to every package and every copy of this one.

/** Decisions by the name of a family. @internal */
export interface MetricPolicy {
  /** Whether the family is left out. Then nothing is stored for it, and no page shows it. */
  isLeftOut(name: string): boolean;
  /** The upper bounds that replace those of a histogram. */
  buckets(name: string): readonly number[] | undefined;
}

// On `globalThis`, so that several copies of the package in one isolate follow one policy.
const POLICY = Symbol.for('mpmetrics.policy');
const state = globalThis as { [POLICY]?: MetricPolicy };

/** Sets the policy for all metrics that this isolate makes from now on. Undefined: none. @internal */
export function setMetricPolicy(policy: MetricPolicy | undefined): void {
  if (policy === undefined) delete state[POLICY];
  else state[POLICY] = policy;
}

/** Whether a family of that name is left out. @internal */
export function isLeftOut(name: string): boolean {
  return state[POLICY]?.isLeftOut(name) ?? false;
}

/** The policy's bounds for a histogram of that name. @internal */
export function bucketsByPolicy(name: unknown): readonly number[] | undefined {
  return typeof name === 'string' ? state[POLICY]?.buckets(name) : undefined;
}
