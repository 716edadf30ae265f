// A package registry on this machine, with packages as they would be published: so that the recipes run which users are told, word for
// word. Asked for any other package, it sends the client to the registry that is set up here.
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { promisify } from 'node:util';

const run = promisify(execFile);

/**
 * Starts it.
 *
 * @param {{ tarball: string, added?: object }[]} packages the tarballs of `npm pack`, and additional fields of the published manifests
 * @returns {Promise<{ url: string, close: () => void }>}
 */
export async function startRegistry(packages) {
  // npm is a batch file on Windows.
  const shell = process.platform === 'win32';
  const { stdout } = await run('npm', ['config', 'get', 'registry'], { shell });
  const everythingElse = stdout.trim().replace(/\/$/, '');
  const published = new Map();
  for (const { tarball, added = {} } of packages) {
    const manifest = { ...(await manifestIn(tarball)), ...added };
    published.set(manifest.name, { manifest, bytes: readFileSync(tarball) });
  }
  const server = createServer((request, response) => {
    const path = decodeURIComponent(request.url.slice(1));
    const [, name, isTarball] = /^((?:@[^/]+\/)?[^/]+)(\/-\/)?/.exec(path) ?? [];
    const found = published.get(name);
    if (found === undefined) {
      response.writeHead(302, { location: everythingElse + request.url }).end();
    } else if (isTarball) {
      response.end(found.bytes);
    } else {
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify(about(found, `http://127.0.0.1:${server.address().port}`)));
    }
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    url: `http://127.0.0.1:${server.address().port}/`,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** The answer of a registry about a package with one version. */
function about({ manifest, bytes }, url) {
  const { name, version } = manifest;
  const dist = {
    tarball: `${url}/${name}/-/${version}.tgz`,
    integrity: `sha512-${createHash('sha512').update(bytes).digest('base64')}`,
    shasum: createHash('sha1').update(bytes).digest('hex'),
  };
  return {
    name,
    'dist-tags': { latest: version },
    versions: { [version]: { ...manifest, dist } },
  };
}

async function manifestIn(tarball) {
  const { stdout } = await run('tar', ['-xzOf', tarball, 'package/package.json']);
  return JSON.parse(stdout);
}
