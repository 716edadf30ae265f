// Comparing the page with an expected text.

import { AssertionError } from 'assert';
import type { AnyRegistry, Metric } from '../../index';

/**
 * Compares the families of a text with those of a registry or a metric. Families that are missing in the text are
 * ignored, and so is the order of series. Indentation and empty lines have no meaning.
 *
 * ```js
 * import { Counter, register } from 'mpmetrics';
 * import { expectText } from 'mpmetrics/testing';
 *
 * new Counter({ name: 'orders_total', help: 'Orders', labelNames: ['kind'] }).inc({ kind: 'tea' });
 * await expectText(register, `
 *   # HELP orders_total Orders
 *   # TYPE orders_total counter
 *   orders_total{kind="tea"} 1
 * `);
 * ```
 *
 * @param names The families to compare. Default: all families with a `# TYPE` in the text.
 * @throws AssertionError with both texts, as a rejection.
 */
export async function expectText(
  source: AnyRegistry | Metric,
  text: string,
  names: readonly string[] = familiesIn(text),
): Promise<void> {
  const { isSame, actual, expected } = await compareText(source, text, names);
  if (isSame) return;
  throw new AssertionError({
    message: `The metrics are not as expected.\n\nExpected:\n${expected}\n\nOn the page:\n${actual}`,
    actual,
    expected,
    operator: 'expectText',
  });
}

/** Both texts in normal form. @internal */
export async function compareText(
  source: AnyRegistry | Metric,
  text: string,
  names: readonly string[] = familiesIn(text),
): Promise<{ isSame: boolean; actual: string; expected: string }> {
  const page = await pageOf(source);
  const [actual, expected] = [page, text].map((one) => normalized(one, names)) as [string, string];
  return { isSame: actual === expected, actual, expected };
}

async function pageOf(source: AnyRegistry | Metric): Promise<string> {
  // Without `instanceof`, because a test runner may load the package twice.
  if ('metrics' in source) return source.metrics();
  const [registry] = source.registers;
  return registry === undefined ? '' : registry.getMetricsAsString(source);
}

function familiesIn(text: string): string[] {
  return [...text.matchAll(/^\s*# TYPE (\S+) /gm)].map(([, name]) => name as string);
}

/** The lines of those families: for each family its head, then its samples in alphabetical order. */
function normalized(text: string, names: readonly string[]): string {
  const lines: { family: string; isHead: boolean; line: string }[] = [];
  let family = '';
  for (const line of text.split('\n').map((each) => each.trim())) {
    const [, named] = /^# (?:HELP|TYPE|UNIT) (\S+)/.exec(line) ?? [];
    if (named !== undefined) family = named;
    if (line === '' || line === '# EOF' || !names.includes(family)) continue;
    lines.push({ family, isHead: named !== undefined, line });
  }
  lines.sort(
    (one, other) =>
      compare(one.family, other.family) ||
      Number(other.isHead) - Number(one.isHead) ||
      compare(one.line, other.line),
  );
  return lines.map(({ line }) => line).join('\n');
}

function compare(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}
