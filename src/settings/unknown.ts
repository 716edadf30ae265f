// Variables with almost the name of a setting. Such a misspelling would otherwise have no effect, and no message.

/** Variables of this package that are no settings. */
const OTHERS = ['MPMETRICS_KEEP', 'MPMETRICS_NAME', 'MPMETRICS_TIER', 'MPMETRICS_TOKEN'];

/**
 * Reports misspelt names of variables. A name that resembles no setting is ignored: Kubernetes sets variables like
 * `MPMETRICS_SERVICE_HOST` for a service of that name.
 *
 * @param known The names of all settings' variables.
 * @internal
 */
export function problemsOfNames(
  known: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): string[] {
  const all = [...known, ...OTHERS];
  return Object.keys(environment)
    .filter((name) => name.startsWith('MPMETRICS_') && !all.includes(name))
    .flatMap((name) => {
      const meant = all.find((other) => distance(name, other) <= 2);
      return meant === undefined
        ? []
        : [`${name} in the environment is no setting: the closest one is ${meant}`];
    });
}

/** The edit distance: how many letters must be changed, added or removed to make one text the other. */
function distance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let i = 1; i <= one.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= other.length; j += 1) {
      const changed = (row[j - 1] as number) + (one[i - 1] === other[j - 1] ? 0 : 1);
      next.push(Math.min(changed, (row[j] as number) + 1, (next[j - 1] as number) + 1));
    }
    row = next;
  }
  return row[other.length] as number;
}
