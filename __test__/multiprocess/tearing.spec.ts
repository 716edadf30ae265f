// Typed-array stores of one process are seen whole and in order by another: the short version of scripts/tearing.mjs.
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import test, { type ExecutionContext } from 'ava';
import { neutral } from './support/run';

const script = fileURLToPath(new URL('../../scripts/tearing.mjs', import.meta.url));
// It is about the direct tier alone, which is there on x86-64 alone.
const check =
  process.env['MPMETRICS_TIER'] === 'native' || process.arch !== 'x64' ? test.skip : test.serial;

check('no read is torn', async (t) => {
  const { code, said } = await tearing(t, '--seconds', '6');
  t.like(said, { tier: 'direct', torn: 0 });
  t.true((said['reads'] as number) > 0);
  t.is(code, 0);
});

check('a writer without care is torn', async (t) => {
  const { code, said } = await tearing(t, '--reads', '100000', '--seconds', '20', '--careless');
  t.true((said['torn'] as number) > 0);
  t.is(code, 0);
});

async function tearing(
  t: ExecutionContext,
  ...parameters: string[]
): Promise<{ code: unknown; said: Record<string, unknown> }> {
  const environment = { ...neutral(), MPMETRICS_TIER: '' };
  return new Promise((resolve, reject) => {
    const child = execFile(
      process.execPath,
      [script, ...parameters],
      { env: environment },
      (error, stdout, stderr) => {
        t.log(stdout.trim());
        if (stdout === '') reject(new Error(stderr));
        else resolve({ code: error?.code ?? 0, said: JSON.parse(stdout) });
      },
    );
    t.teardown(() => child.kill());
  });
}
