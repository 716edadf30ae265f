// `npm run release`: from a tree to published packages.
//   npm run release -- --set 0.2.0     writes the version into all files that state it, and dates the changelog
//   npm run release -- --dry-run       every step of a release but the upload: stages and checks the packages, publishes
//                                      them to a registry on loopback, installs from there, and runs a cluster
//   npm run release -- --publish       uploads the packages of a dry run of the same tree, platforms first
//
// A dry run takes the binaries of `npm run build:platforms` from artifacts/, and builds those that are
// missing, or that were made of other sources.
import { parseArgs } from 'node:util';
import { buildPlatforms } from './platforms/build.mjs';
import { isUpToDate } from './platforms/sources.mjs';
import { targets } from './platforms/targets.mjs';
import { checkPackages } from './release/checks.mjs';
import { tryInstalls } from './release/installs.mjs';
import { publish } from './release/publish.mjs';
import { begin, record, requireRecord } from './release/record.mjs';
import { startRegistry } from './release/registry.mjs';
import { stage } from './release/stage.mjs';
import { requireDate, requireOneVersion, setVersion } from './release/versions.mjs';
import { main, must, Refusal, say } from './run.mjs';
import { setup } from './setup.mjs';

await main(async () => {
  const { values: options } = parseArgs({
    options: {
      set: { type: 'string' },
      'dry-run': { type: 'boolean', default: false },
      publish: { type: 'boolean', default: false },
    },
  });
  if (options.set) await setVersion(options.set);
  else if (options['dry-run']) await dryRun();
  else if (options.publish) await upload();
  else throw new Refusal('Say what to do: --set VERSION, --dry-run, or --publish.');
});

async function dryRun() {
  const tree = begin();
  const version = requireOneVersion();
  say(`Version ${version}`);
  await build();
  const packages = await stage(version);
  await checkPackages(packages);
  const registry = await startRegistry();
  try {
    await publish(packages, registry.options);
    await tryInstalls(registry, packages);
  } finally {
    await registry.stop();
  }
  console.table(
    packages.map(({ name, bytes, unpacked }) => ({ package: name, packed: bytes, unpacked })),
  );
  say(record(version, packages, tree));
}

async function build() {
  const missing = targets().filter((target) => !isUpToDate(target));
  if (missing.length > 0) {
    const rows = await buildPlatforms(missing.map(({ name }) => name));
    const failed = rows.filter(({ result }) => result !== 'ok');
    if (failed.length > 0) {
      console.table(failed);
      throw new Refusal('A release needs the binaries of all platforms.');
    }
  }
  await setup({ quiet: true });
  say('Building the facade');
  await must('npm', ['run', '--silent', 'build:ts'], { quiet: true });
}

async function upload() {
  const { version, packages } = requireRecord();
  requireDate(version);
  const tag = process.env.GITHUB_REF_NAME;
  if (tag !== undefined && tag !== `v${version}`) {
    throw new Refusal(`The tag is ${tag}, and the packages have version ${version}.`);
  }
  // Where a workflow publishes, the registry can be shown which one, and from which commit.
  const provenance = process.env.GITHUB_ACTIONS === 'true' ? ['--provenance'] : [];
  await publish(packages, provenance);
}
