// How many tests have passed, failed and been skipped, read out of what the runners print.

/** The failures that AVA prints after its last test, below a line. */
export const AVA_FAILURES = /^ {2}\u2500+$[^]*/m;

/** Of cargo. Programs that tests start count as ignored, and are no tests. */
export function countCargo(output) {
  const counted = { passed: 0, failed: 0, skipped: 0 };
  const totals = /^test result: .* (\d+) passed; (\d+) failed/gm;
  for (const [, passed, failed] of output.matchAll(totals)) {
    counted.passed += Number(passed);
    counted.failed += Number(failed);
  }
  return counted;
}

/** Of AVA. */
export function countAva(output) {
  const sum = (pattern) =>
    [...output.matchAll(pattern)].reduce((total, [, number]) => total + Number(number), 0);
  return {
    // By their lines, since the total is left out when another test has failed.
    passed: [...output.matchAll(/^ {2}[\u2714\u221a] /gm)].length,
    failed:
      sum(/^ {2}(\d+) (?:tests?|hooks?) failed/gm) +
      sum(/^ {2}(\d+) (?:uncaught exceptions?|unhandled rejections?|timeouts?)/gm),
    skipped: sum(/^ {2}(\d+) tests? skipped/gm),
  };
}
