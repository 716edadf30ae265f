// Matchers for `expect` of Vitest and Jest, in the form that both use.

import { inspect, isDeepStrictEqual } from 'util';
import type { AnyRegistry, Labels, Metric } from '../../index';
import { compareText } from './expect-text';
import { lint } from './lint';
import { valueOf, type HistogramValue, type SummaryValue } from './value-of';

/** The methods that `expect(…)` gets from `matchers`. */
export interface MetricMatchers<Result = unknown> {
  /**
   * The series of a metric with exactly those labels has that value. For a distribution, only the given parts are
   * compared.
   */
  toHaveMetricValue(
    value: number | Partial<HistogramValue> | Partial<SummaryValue> | undefined,
    labels?: Labels,
  ): Result;
  /** A registry or a metric shows the families of a text exactly. */
  toShowMetrics(text: string): Result;
  /** A registry follows the rules for metrics. */
  toPassLint(): Result;
}

/** The result of a matcher. */
interface Verdict {
  readonly pass: boolean;
  message(): string;
}

/**
 * Matchers to extend `expect` by.
 *
 * ```js
 * import { matchers } from 'mpmetrics/testing';
 * expect.extend(matchers);
 * await expect(orders).toHaveMetricValue(1, { kind: 'tea' });
 * await expect(register).toPassLint();
 * ```
 */
export const matchers = {
  /** Whether the series with exactly these labels has a value: a number, or parts of a histogram or summary. */
  async toHaveMetricValue(
    metric: Metric,
    expected: number | object | undefined,
    labels: Labels = {},
  ): Promise<Verdict> {
    const value = await valueOf(metric, labels);
    const pass = has(value, expected);
    return {
      pass,
      message: () =>
        `${metric.name}${inspect(labels)} is ${inspect(value)}, and should ${pass ? 'not ' : ''}be ${inspect(expected)}`,
    };
  },

  /** Whether the families of the text look like that. See `expectText`. */
  async toShowMetrics(source: AnyRegistry | Metric, text: string): Promise<Verdict> {
    const { isSame, actual, expected } = await compareText(source, text);
    const message = (): string =>
      isSame
        ? `The metrics are as they should not be:\n${actual}`
        : `Expected:\n${expected}\n\nOn the page:\n${actual}`;
    return { pass: isSame, message };
  },

  /** Whether no rule of `lint` is broken. */
  async toPassLint(registry: AnyRegistry): Promise<Verdict> {
    const problems = await lint(registry);
    const lines = problems.map(({ metric, problem }) => `${metric}: ${problem}`);
    const message = (): string => (lines.length > 0 ? lines.join('\n') : 'No rule is broken');
    return { pass: lines.length === 0, message };
  },
};

/** Whether a value equals the expected one. For a distribution, only the expected parts are compared. */
function has(value: unknown, expected: unknown): boolean {
  if (typeof expected !== 'object' || expected === null) return Object.is(value, expected);
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(expected).every(([name, part]) => {
    const own = (value as Record<string, unknown>)[name];
    return typeof part === 'object' ? has(own, part) : isDeepStrictEqual(own, part);
  });
}
