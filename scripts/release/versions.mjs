// The version, which stands in many files and must be one.
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { must, Refusal, root } from '../run.mjs';

const VERSION = /^\d+\.\d+\.\d+(?:-[\w.]+)?$/;

/** Every place that names the version of the package, and how it is written there: the version is the first group. */
function places() {
  const npm = readdirSync(join(root, 'npm')).map((name) => `npm/${name}/package.json`);
  const isStandIn = (file) => 'mpmetrics' in (json(file).dependencies ?? {});
  return [
    ['package.json', /^ {2}"version": "(.*)"/m],
    ['package-lock.json', /^ {2}"version": "(.*)"/m],
    ['package-lock.json', /^ {4}"": \{\n {6}"name": "mpmetrics",\n {6}"version": "(.*)"/m],
    ['Cargo.toml', /^version = "(.*)"/m],
    ['Cargo.lock', /^name = "mpmetrics-core"\nversion = "(.*)"/m],
    ['Cargo.lock', /^name = "mpmetrics-node"\nversion = "(.*)"/m],
    // Stand-ins have versions of their own, which follow those of the packages that they stand in for.
    ...npm.map((file) => [
      file,
      isStandIn(file) ? /"mpmetrics": "(.*)"/ : /^ {2}"version": "(.*)"/m,
    ]),
  ];
}

const json = (file) => JSON.parse(readFileSync(join(root, file), 'utf8'));
const read = (file) => readFileSync(join(root, file), 'utf8');

/** The version, if all places agree, and the changelog tells of it. */
export function requireOneVersion() {
  const { version } = json('package.json');
  for (const [file, pattern] of places()) {
    const found = pattern.exec(read(file))?.[1];
    if (found !== version)
      throw new Refusal(`${file} has version ${found}, package.json ${version}.`);
  }
  // The loader compares it with that of the platform's package.
  if (existsSync(join(root, 'binding.cjs'))) {
    const others = [...read('binding.cjs').matchAll(/expected (\d+\.\d+\.\d+\S*)/g)].filter(
      ([, expected]) => expected !== version,
    );
    if (others.length > 0)
      throw new Refusal('binding.cjs is of another version: run "npm run build".');
  }
  if (!read('CHANGELOG.md').includes(`\n## ${version} `)) {
    throw new Refusal(`CHANGELOG.md does not tell of ${version}.`);
  }
  return version;
}

/** Throws a Refusal if the changelog has no date for the version: `setVersion` writes it. */
export function requireDate(version) {
  const dated = /^## (\S+) \(\d{4}-\d{2}-\d{2}\)$/gm;
  const versions = Array.from(read('CHANGELOG.md').matchAll(dated), ([, found]) => found);
  if (versions.includes(version)) return;
  throw new Refusal(
    `CHANGELOG.md has no date for ${version}: run "npm run release -- --set ${version}" and commit that.`,
  );
}

/** Writes a version into all places, and today's date beside it into the changelog. */
export async function setVersion(version) {
  if (!VERSION.test(version)) throw new Refusal(`"${version}" is no version.`);
  for (const [file, pattern] of places()) {
    const text = read(file);
    const found = pattern.exec(text);
    if (!found) throw new Refusal(`${file} has no version where one was expected.`);
    const replaced = found[0].replace(`"${found[1]}"`, `"${version}"`);
    writeFileSync(
      join(root, file),
      text.replace(found[0], () => replaced),
    );
  }
  const date = new Date().toISOString().slice(0, 10);
  const heading = /^## \S+ \(unreleased\)$/m;
  const changelog = read('CHANGELOG.md');
  if (!heading.test(changelog))
    throw new Refusal('CHANGELOG.md has no entry that is "(unreleased)".');
  writeFileSync(join(root, 'CHANGELOG.md'), changelog.replace(heading, `## ${version} (${date})`));
  // The loader has the version in its texts.
  await must('npm', ['run', '--silent', 'build:native'], { quiet: true });
  requireOneVersion();
}
