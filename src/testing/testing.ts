// `mpmetrics/testing`: metrics in tests.

export { isolate } from './isolate';
export type { Isolation } from './isolate';
export { valueOf } from './value-of';
export type { HistogramValue, SummaryValue } from './value-of';
export { expectText } from './expect-text';
export { lint } from './lint';
export type { LintProblem } from './lint';
export { matchers } from './matchers';
export type { MetricMatchers } from './matchers';
