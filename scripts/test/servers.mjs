// Servers of a newer Debian: fetched by name from this machine's own mirror, and unpacked into `build/`. Nothing is installed.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { must, Refusal, root, say } from '../run.mjs';

/** The suite with Prometheus 3.5 and a VictoriaMetrics of today. Their binaries run on older suites as well. */
const SUITE = 'sid';
const PACKAGES = ['prometheus', 'victoria-metrics'];
const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';
const FOLDER = join(root, 'build/servers');

/** Fetches the servers that are missing. Throws a `Refusal` on a machine that cannot. */
export async function fetchServers() {
  const missing = PACKAGES.filter((name) => !existsSync(join(FOLDER, 'usr/bin', name)));
  if (missing.length === 0) return;
  requireDebian();
  say(`Fetching ${missing.join(' and ')} of Debian ${SUITE} into build/servers, about 80 MB`);
  const apt = join(FOLDER, 'apt');
  for (const name of ['lists/partial', 'cache/archives/partial', 'packages']) {
    mkdirSync(join(apt, name), { recursive: true });
  }
  const sources = join(apt, 'sources.list');
  writeFileSync(sources, `deb [signed-by=${KEYRING}] ${mirror()} ${SUITE} main\n`);
  // A configuration of its own: the lists and sources of the machine stay as they are.
  const own = Object.entries({
    'Dir::Etc::SourceList': sources,
    'Dir::Etc::SourceParts': '-',
    'Dir::State::Lists': join(apt, 'lists'),
    'Dir::State::status': '/dev/null',
    'Dir::Cache': join(apt, 'cache'),
    'Acquire::Languages': 'none',
    // The default user of downloads may have no access to this folder.
    'APT::Sandbox::User': '',
  }).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
  const packages = join(apt, 'packages');
  await must('apt-get', [...own, '-q', 'update']);
  await must('apt-get', [...own, '-q', 'download', ...missing], { cwd: packages });
  for (const name of readdirSync(packages)) {
    await must('dpkg-deb', ['-x', join(packages, name), FOLDER]);
  }
  rmSync(apt, { recursive: true });
}

function requireDebian() {
  const tools = ['apt-get', 'dpkg-deb'];
  const isHere = (tool) => spawnSync(tool, ['--version'], { stdio: 'ignore' }).status === 0;
  if (!tools.every(isHere) || !existsSync(KEYRING)) {
    throw new Refusal(
      `The servers are packages of Debian: apt-get, dpkg-deb and ${KEYRING} are needed. The specs that use them are skipped.`,
    );
  }
}

/** The address from which this machine gets the packages of its own suite. */
function mirror() {
  const codename = /^VERSION_CODENAME=(.*)$/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1];
  const addresses = execFileSync('apt-get', ['--print-uris', 'update'], { encoding: 'utf8' });
  const found = new RegExp(`^'(.*)/dists/${codename}/InRelease'`, 'm').exec(addresses)?.[1];
  if (found === undefined) {
    throw new Refusal(
      `apt-get has no source for Debian ${codename}: "apt-get --print-uris update" does not name it.`,
    );
  }
  return found;
}
