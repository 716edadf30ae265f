// Writes npm/ again from package.json, and fails when that changes anything: the platform packages are generated.
import { execFileSync } from 'node:child_process';
import { main, must, Refusal, root } from './run.mjs';

await main(async () => {
  await must('npx', ['--no-install', 'napi', 'create-npm-dirs'], { quiet: true });
  const changed = execFileSync('git', ['status', '--porcelain', '--', 'npm'], {
    cwd: root,
    encoding: 'utf8',
  });
  if (changed) {
    throw new Refusal(`npm/ was not up to date; commit what was written:\n${changed}`);
  }
});
