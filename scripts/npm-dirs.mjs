// `npm run npm-dirs`: writes the platform packages below npm/ from package.json, and gives every package there the guard of the
// main one.
//   npm run check:npm-dirs        fails if this changes anything
import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { main, must, Refusal, root } from './run.mjs';

/** Without it, `npm publish` in such a folder would upload a package without its binary. */
const SCRIPTS = { prepublishOnly: 'node ../../scripts/release/guard.mjs' };

await main(async () => {
  await must('npx', ['--no-install', 'napi', 'create-npm-dirs'], { quiet: true });
  for (const name of readdirSync(join(root, 'npm'))) {
    const file = join(root, 'npm', name, 'package.json');
    const about = JSON.parse(readFileSync(file, 'utf8'));
    writeFileSync(file, `${JSON.stringify({ ...about, scripts: SCRIPTS }, null, 2)}\n`);
  }
  if (!process.argv.includes('--check')) return;
  const changed = execFileSync('git', ['status', '--porcelain', '--', 'npm'], {
    cwd: root,
    encoding: 'utf8',
  });
  if (changed) {
    throw new Refusal(`npm/ was not up to date; commit what was written:\n${changed}`);
  }
});
