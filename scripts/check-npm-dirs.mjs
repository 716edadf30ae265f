// Generates npm/ from package.json again, and fails if this changes anything.
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
