// `npm run test:here`: runs on this machine, whatever it is, the binary that `npm run build:platforms` made for it elsewhere.
//   npm run test:here                       the Rust tests of the core, the smoke run, and the specs
//   npm run test:here -- --only smoke       one part, or some: rust, smoke, specs
//
// Takes artifacts/, with the generated loader (binding.cjs, binding.d.cts) in it.
import { copyFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { main, must, Refusal, root, run, say } from '../run.mjs';
import { project } from './package.mjs';
import { ARTIFACTS, KEPT, LOADER, targets } from './targets.mjs';

const PARTS = {
  rust: () =>
    must('cargo', ['test', '--package=mpmetrics-core', '--lib', '--tests', '--no-fail-fast']),
  async smoke() {
    const folder = await project('project-here', [target()]);
    const { code } = await run(process.execPath, ['main.mjs'], { cwd: join(KEPT, folder) });
    if (code !== 0) throw new Refusal('The smoke run has failed.');
  },
  specs: () => must(process.execPath, [join(root, 'node_modules/ava/entrypoints/cli.mjs')]),
};

await main(async () => {
  const { values } = parseArgs({ options: { only: { type: 'string' } } });
  const parts = values.only?.split(',') ?? Object.keys(PARTS);
  const unknown = parts.find((part) => !(part in PARTS));
  if (unknown)
    throw new Refusal(`There is no part "${unknown}": choose from ${Object.keys(PARTS)}.`);
  say(`${target().name}, Node.js ${process.versions.node}`);
  for (const file of [target().file, ...LOADER]) {
    copyFileSync(join(ARTIFACTS, file), join(root, file));
  }
  await must('npm', ['run', '--silent', 'build:ts']);
  // One that has failed does not keep the others from being run.
  const failed = [];
  for (const part of parts)
    await PARTS[part]().catch((error) => failed.push(`${part}: ${error.message}`));
  if (failed.length > 0) throw new Refusal(failed.join('\n  '));
});

/** The target that this machine is. */
function target() {
  const { platform, arch } = process;
  const libc = platform === 'linux' ? (isMusl() ? 'musl' : 'glibc') : undefined;
  const found = targets().find(
    ({ os, cpu, libc: of }) => os === platform && cpu === arch && of === libc,
  );
  if (!found) throw new Refusal(`There is no binary for ${platform}-${arch}.`);
  return found;
}

function isMusl() {
  return existsSync('/usr/bin/ldd') && readFileSync('/usr/bin/ldd', 'utf8').includes('musl');
}
