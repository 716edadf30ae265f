// The Node.js of a row: the running version, or a newer one from npm if the package needs it.
import { join } from 'node:path';

/** Without a version, or if this version is new enough, nothing is installed. */
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
