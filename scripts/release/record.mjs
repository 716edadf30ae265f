// The record of a dry run: which tree it was of, and which packages came out of it.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Refusal, root } from '../run.mjs';

const FILE = join(root, 'target', 'release-record.json');

/** Forgets the last dry run. Returns the tree that the next one is of, as {@link record} takes it. */
export function begin() {
  rmSync(FILE, { force: true });
  return treeNow();
}

/** Writes down what a dry run has checked. Returns what that is good for. @param before the tree when the run began */
export function record(version, packages, before) {
  // Packages of a tree that changed meanwhile are of neither.
  const tree = treeNow() === before ? before : null;
  writeFileSync(FILE, `${JSON.stringify({ version, tree, packages }, null, 2)}\n`);
  return tree
    ? `This tree may be published: npm run release -- --publish`
    : 'Everything is right, but the tree has changes that are not committed, or has changed meanwhile: it may not be published.';
}

/** The record of this very tree. */
export function requireRecord() {
  const advice = 'Run "npm run release -- --dry-run" first.';
  if (!existsSync(FILE)) throw new Refusal(`This tree has not been through a dry run. ${advice}`);
  const found = JSON.parse(readFileSync(FILE, 'utf8'));
  const tree = treeNow();
  if (!tree) throw new Refusal('The tree has changes that are not committed.');
  if (found.tree !== tree) throw new Refusal(`The last dry run was of another tree. ${advice}`);
  for (const { name, tarball, integrity } of found.packages) {
    const hash =
      existsSync(tarball) && createHash('sha512').update(readFileSync(tarball)).digest('base64');
    if (`sha512-${hash}` !== integrity)
      throw new Refusal(`${name} is not what was checked. ${advice}`);
  }
  return found;
}

/** The id of the tree in git; `null` if the tree has uncommitted changes. */
function treeNow() {
  const git = (...args) => execFileSync('git', args, { cwd: root, encoding: 'utf8' }).trim();
  return git('status', '--porcelain') === '' ? git('rev-parse', 'HEAD^{tree}') : null;
}
