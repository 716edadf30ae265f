// The demo runs as CONTRIBUTING describes, with workers blocked and killed. Its output must be correct.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import test from 'ava';

interface Outcome {
  requests_answered: number;
  requests_failed: number;
  requests_counted: number;
  scrapes: number;
  inconsistent_scrapes: number;
  counter_went_backwards: number;
  kills: number;
  slowest_scrape_ms: number;
}

test.serial('every page is correct after one worker was blocked and another killed', async (t) => {
  const outcome = await demo();
  t.log(outcome);
  t.true(outcome.kills >= 1);
  t.is(outcome.inconsistent_scrapes, 0);
  t.is(outcome.counter_went_backwards, 0);
  t.true(outcome.requests_answered > 100);
  t.true(outcome.scrapes > 50);
  const unanswered = outcome.requests_counted - outcome.requests_answered;
  t.true(unanswered >= 0 && unanswered <= outcome.requests_failed);
});

test.serial('the same check detects updates without a sequence number', async (t) => {
  const outcome = await demo('--break');
  t.log(outcome);
  t.true(outcome.inconsistent_scrapes > 0);
});

/** Runs the demo as a program does that reads its output: one line, and nothing of npm's. */
async function demo(...flags: string[]): Promise<Outcome> {
  const { MPMETRICS, ...environment } = process.env;
  const { stdout } = await promisify(execFile)(
    'npm',
    ['run', '--silent', 'demo', '--', '--seconds', '8', '--json', ...flags],
    // On Windows, npm is a batch file.
    { env: environment, shell: process.platform === 'win32' },
  );
  const lines = stdout.trimEnd().split('\n');
  if (lines.length !== 1) throw new Error(`More than one line: ${stdout}`);
  return JSON.parse(lines[0] as string) as Outcome;
}
