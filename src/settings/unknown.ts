// Variables that are almost called as a setting: a slip of the hand that would otherwise set nothing, and say nothing.

/** Variables of this package that are no settings of this room. */
const OTHERS = ['MPMETRICS_KEEP', 'MPMETRICS_NAME', 'MPMETRICS_TIER', 'MPMETRICS_TOKEN'];

/**
 * What is wrong with the names of variables. A name that resembles none of ours is left alone: Kubernetes sets
 * variables like `MPMETRICS_SERVICE_HOST` for a service of that name.
 *
 * @param known The variables that there are.
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

/** How many letters must be changed, added or taken away to make one text of the other. */
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
