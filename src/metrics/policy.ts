// The operator's decisions about metrics. They apply to every package and every copy of this one.

/** Decisions by the name of a family. @internal */
export interface MetricPolicy {
  /** Whether the family is left out. Then nothing is stored for it, and no page shows it. */
  isLeftOut(name: string): boolean;
  /** The upper bounds that replace those of a histogram. */
  buckets(name: string): readonly number[] | undefined;
  /** Whether a histogram without sparse buckets gets them, beside its classic ones. */
  isNative(name: string): boolean;
}

// On `globalThis`, so that several copies of the package in one isolate follow one policy.
const POLICY = Symbol.for('mpmetrics.policy');
const state = globalThis as { [POLICY]?: MetricPolicy };

/** Sets the policy for all metrics that this isolate makes from now on. Undefined: none. @internal */
export function setMetricPolicy(policy: MetricPolicy | undefined): void {
  if (policy === undefined) delete state[POLICY];
  else state[POLICY] = policy;
}

/** Whether a family of that name is left out. Without a policy, `MPMETRICS_EXCLUDE` says so. @internal */
export function isLeftOut(name: string): boolean {
  return (state[POLICY]?.isLeftOut ?? excluded())(name);
}

let ofEnvironment: ((name: string) => boolean) | undefined;

function excluded(): (name: string) => boolean {
  return (ofEnvironment ??= matcherOf(
    (process.env['MPMETRICS_EXCLUDE'] ?? '').split(',').map((pattern) => pattern.trim()),
  ));
}

/** Whether a name is in the list, or begins with an item that ends in `*`. @internal */
export function matcherOf(patterns: readonly string[]): (name: string) => boolean {
  const names = new Set(patterns.filter((pattern) => !pattern.endsWith('*')));
  const beginnings = patterns
    .filter((pattern) => pattern.endsWith('*'))
    .map((pattern) => pattern.slice(0, -1));
  return (name) => names.has(name) || beginnings.some((beginning) => name.startsWith(beginning));
}

/** The policy's bounds for a histogram of that name. @internal */
export function bucketsByPolicy(name: unknown): readonly number[] | undefined {
  return typeof name === 'string' ? state[POLICY]?.buckets(name) : undefined;
}

/** Whether the policy gives sparse buckets to a histogram of that name. @internal */
export function isNativeByPolicy(name: unknown): boolean {
  return typeof name === 'string' && state[POLICY]?.isNative(name) === true;
}
