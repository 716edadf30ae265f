// The Node.js that a row runs on: the one that runs this, or a newer one from npm where the package asks for it.
import { join } from 'node:path';

/** Without a version, or with one that this is not older than: nothing to install. */
export function runtimeFor(version) {
  if (version === undefined || !isOlder(process.versions.node, version)) {
    return { dependencies: {}, programIn: () => process.execPath };
  }
  const platform = process.platform === 'win32' ? 'win' : process.platform;
  const name = `node-${platform}-${process.arch}`;
  return {
    dependencies: { [name]: version },
    programIn: (project) => join(project, 'node_modules', name, 'bin', 'node'),
  };
}

function isOlder(one, other) {
  return one.localeCompare(other, 'en', { numeric: true }) < 0;
}
