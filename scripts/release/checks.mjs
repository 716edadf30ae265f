// The checks of a package before its publication.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { reachableDeclarations, textsOf } from '../build/declarations.mjs';
import { describe } from '../platforms/binary.mjs';
import { targets } from '../platforms/targets.mjs';
import { must, Refusal, say } from '../run.mjs';

/** The largest packed size of a platform's package. */
const LARGEST = 1024 * 1024;

/** Throws a Refusal with all that is wrong. @param {import('./stage.mjs').Package[]} packages */
export async function checkPackages(packages) {
  say('Looking at what is packed');
  const faults = packages.flatMap((one) =>
    [...manifestFaults(one), ...readmeFaults(one), ...contentFaults(one)].map(
      (fault) => `${one.name}: ${fault}`,
    ),
  );
  if (faults.length > 0) throw new Refusal(faults.join('\n  '));
  for (const { kind, name, tarball } of packages) {
    if (kind === 'platform') continue;
    say(`publint and arethetypeswrong for ${name}`);
    await must('npx', ['--no-install', 'publint', tarball, '--strict'], { quiet: true });
    await must('npx', ['--no-install', 'attw', tarball, '--no-color'], { quiet: true });
  }
}

function manifestFaults({ kind, folder, name, version }) {
  const about = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const faults = ['description', 'license', 'repository', 'homepage', 'bugs', 'engines', 'files']
    .filter((field) => about[field] === undefined)
    .map((field) => `package.json has no ${field}`);
  if (about.publishConfig?.access !== 'public') faults.push('publishConfig.access is not "public"');
  if (about.scripts) faults.push('package.json has scripts');
  if (kind === 'platform') {
    const target = targets().find(({ packageName }) => packageName === name);
    const limits = { os: [target.os], cpu: [target.cpu], libc: target.libc && [target.libc] };
    for (const [field, expected] of Object.entries(limits)) {
      if (String(about[field]) !== String(expected)) faults.push(`${field} is ${about[field]}`);
    }
    const found = describe(join(folder, target.file));
    if (found.os !== target.os || found.cpu !== target.cpu)
      faults.push(`its binary is for ${found.os}-${found.cpu}`);
  }
  if (kind === 'main') {
    const asked = about.optionalDependencies ?? {};
    const missing = targets().filter(({ packageName }) => asked[packageName] !== version);
    if (missing.length > 0)
      faults.push(`optionalDependencies lack ${missing.map((target) => target.packageName)}`);
  }
  return faults;
}

function readmeFaults({ folder }) {
  const readme = join(folder, 'README.md');
  if (!existsSync(readme)) return ['there is no README'];
  const links = [...readFileSync(readme, 'utf8').matchAll(/\]\(([^)\s]+)\)/g)].map(
    ([, link]) => link,
  );
  return links
    .filter((link) => !/^(?:https:|#)/.test(link))
    .map((link) => `the README leads to ${link}`);
}

function contentFaults({ kind, folder, files, bytes }) {
  const faults = ['LICENSE-APACHE', 'LICENSE-MIT', 'README.md', 'package.json']
    .filter((file) => !files.includes(file))
    .map((file) => `it lacks ${file}`);
  if (kind === 'platform') {
    if (files.length !== 5) faults.push(`it has ${files.length} files: ${files}`);
    if (bytes > LARGEST) faults.push(`it has ${bytes} bytes`);
  }
  if (kind === 'main') {
    faults.push(...strayFiles(folder, files).map((file) => `${file} is not meant to be packed`));
    faults.push(...missingFiles(folder, files).map((file) => `it lacks ${file}`));
  }
  return faults;
}

/** The files that `files` names one by one, the folder of old deep imports, the manifest, README, and typings that users reach. */
function strayFiles(folder, files) {
  const { files: named } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const single = named.filter((name) => !name.includes('*')).map((name) => name.replace(/^\//, ''));
  const known = new Set([...single, ...reachableDeclarations(folder), 'package.json', 'README.md']);
  return files.filter((file) => !known.has(file) && !file.startsWith('lib/'));
}

/** The files that the manifest leads to: entry points with their typings, the program, and all that `files` names. */
function missingFiles(folder, files) {
  const {
    exports,
    bin,
    files: named,
  } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  return textsOf([exports, bin, named])
    .map((path) => path.replace(/^\.?\//, ''))
    .filter((path) => !path.includes('*'))
    .filter((path) => !files.some((file) => file === path || file.startsWith(`${path}/`)));
}
