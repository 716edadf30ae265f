// Checks of a registry by the rules of Prometheus' own tools.

import { register, type AnyRegistry } from '../../index';
import { problemsOf, type LintProblem } from '../present/naming';

export type { LintProblem };

/**
 * Checks the metrics of a registry by the rules of Prometheus' `promtool check metrics`.
 *
 * ```js
 * import { deepStrictEqual } from 'node:assert';
 * import { register } from 'mpmetrics';
 * import { lint } from 'mpmetrics/testing';
 *
 * deepStrictEqual(await lint(register), []);
 * ```
 *
 * @param registry Default: the global one.
 * @returns All broken rules, in the order of the metrics.
 */
export async function lint(registry: AnyRegistry = register): Promise<LintProblem[]> {
  const metrics = await registry.getMetricsAsJSON();
  return metrics.flatMap(({ name, help, type, values }) => {
    const labels = [...new Set(values.flatMap((value) => Object.keys(value.labels)))];
    return problemsOf({ name, help, type: String(type), labels });
  });
}
