// `npm run build:platforms`: builds the binding for every target of package.json, on one Linux machine, into artifacts/.
//   npm run build:platforms                       all targets (eight minutes of one core from nothing)
//   npm run build:platforms -- --only linux-x64   those whose names contain that; several: --only musl,win32
//
// Needs Rust with rustup, Node.js and Python 3; the rest comes from PyPI. Prints a table, and ends with exit code 1 and the
// reason if any target could not be built, or is not what it should be.
import { copyFileSync, mkdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { main, Refusal, root, run, say } from '../run.mjs';
import { describe } from './binary.mjs';
import { digestOfSources, recordSources } from './sources.mjs';
import { ARTIFACTS, LOADER, targets } from './targets.mjs';
import { zig } from './zig.mjs';

/** The largest binary that is let through, in bytes. */
const LARGEST = 1.5 * 1024 * 1024;

/** Builds the targets whose names contain one of `only`, and returns a row for each. */
export async function buildPlatforms(only = ['']) {
  const chosen = targets().filter(({ name }) => only.some((part) => name.includes(part)));
  if (chosen.length === 0) throw new Refusal(`No target is called like ${only.join(', ')}.`);
  const recipe = await zig(chosen);
  mkdirSync(ARTIFACTS, { recursive: true });
  const rows = [];
  for (const target of chosen) {
    say(target.triple);
    rows.push({ target: target.name, ...(await build(target, recipe(target))) });
  }
  return rows;
}

/** Builds one target. An error is reported in its row, so the other targets are still built. */
async function build(target, { command, args, environment, built }) {
  const artifact = join(ARTIFACTS, target.file);
  // A binary of an earlier run must not pass for one of this.
  rmSync(artifact, { force: true });
  const sources = digestOfSources();
  const started = performance.now();
  const { code } = await run(command, args, { environment, quiet: true });
  const seconds = Math.round((performance.now() - started) / 1000);
  if (code !== 0) return { result: `cargo ended with code ${code}` };
  copyFileSync(join(process.env.CARGO_TARGET_DIR ?? join(root, 'target'), built), artifact);
  const { size } = statSync(artifact);
  const row = { bytes: size, lowest: '', seconds };
  try {
    const found = describe(artifact);
    const result = fault(target, found, size) ?? 'ok';
    if (result === 'ok') recordSources(target, sources);
    return { ...row, lowest: found.lowest, result };
  } catch (error) {
    return { ...row, result: error.message };
  }
}

/** The problem of a binary; nothing if it is correct. */
function fault(target, found, size) {
  if (found.os !== target.os || found.cpu !== target.cpu) {
    return `it is for ${found.os}-${found.cpu}`;
  }
  if (target.libc && !found.lowest.startsWith(target.libc)) return `it asks for ${found.lowest}`;
  if (!found.isStripped) return 'it is not stripped';
  if (size > LARGEST) return `it is larger than ${LARGEST} bytes`;
  const glibc = /^glibc 2\.(\d+)$/.exec(found.lowest);
  if (glibc && Number(glibc[1]) > 28) return 'it does not load on glibc 2.28';
  return undefined;
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  await main(async () => {
    const { values } = parseArgs({ options: { only: { type: 'string' } } });
    const rows = await buildPlatforms(values.only?.split(','));
    console.table(rows);
    // The other machines of a workflow take it from there, as they have no Rust.
    for (const file of LOADER) copyFileSync(join(root, file), join(ARTIFACTS, file));
    const failed = rows.filter(({ result }) => result !== 'ok');
    console.log(`${rows.length - failed.length} built, ${failed.length} failed`);
    if (failed.length > 0) process.exitCode = 1;
  });
}
