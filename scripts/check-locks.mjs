// Fails if a lock file names the address of a package, because a clone installs from its own registry.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { main, Refusal, root } from './run.mjs';

// The address that cargo writes for its default registry, also with a mirror.
const CARGO_DEFAULT = 'registry+https://github.com/rust-lang/crates.io-index';

await main(() => {
  const packages = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages;
  const resolved = Object.keys(packages).filter((name) => 'resolved' in packages[name]);
  if (resolved.length > 0) {
    throw new Refusal(
      `package-lock.json says where it found ${resolved[0]} and ${resolved.length - 1} more.\n` +
        '  Run "rm -r package-lock.json node_modules && npm install" with the .npmrc of this project.',
    );
  }
  const sources = readFileSync(join(root, 'Cargo.lock'), 'utf8').matchAll(/^source = "(.*)"$/gm);
  for (const [, source] of sources) {
    if (source !== CARGO_DEFAULT) throw new Refusal(`Cargo.lock names another source: ${source}`);
  }
});
