// Installs from a registry into empty projects, as users do, and runs the smoke program there.
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  lstatSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { recipeFor, standIns } from '../compat/recipes.mjs';
import { targets } from '../platforms/targets.mjs';
import { must, Refusal, root, say } from '../run.mjs';

/** The largest size of an installation on one platform, in bytes. */
const LARGEST = 3e6;

/** Each way to install, by its commands: the first ones install, `node` starts the runtime. */
const WAYS = {
  npm: { install: [['npm', 'install', '--no-audit', '--no-fund']] },
  'npm with a lock file': {
    install: [
      ['npm', 'install', '--package-lock-only', '--no-audit', '--no-fund'],
      ['npm', 'ci', '--no-audit', '--no-fund'],
    ],
  },
  pnpm: { install: [['npx', '--yes', 'pnpm@10', 'install', '--reporter=append-only']] },
  'yarn 1': {
    install: [
      ['npx', '--yes', 'yarn@1', 'install', '--non-interactive', '--cache-folder', '.cache'],
    ],
  },
  'yarn 4, node_modules': yarn('node-modules'),
  'yarn 4, PnP': yarn('pnp'),
};

function yarn(nodeLinker) {
  const command = ['npx', '--yes', '--package=@yarnpkg/cli-dist@4', 'yarn'];
  return {
    install: [[...command, 'install']],
    node: [...command, 'node'],
    nodeLinker,
  };
}

/** Throws a Refusal at the first installation that is not right. */
export async function tryInstalls(registry, packages) {
  const folder = mkdtempSync(join(tmpdir(), 'mpmetrics-release-'));
  try {
    for (const [name, way] of Object.entries(WAYS))
      await tryInstall(name, way, folder, registry, packages);
    for (const target of targets()) await tryPlatform(target, folder, registry);
    for (const standIn of standIns) await tryStandIn(standIn, folder, registry);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const version = (packages) => packages.find(({ kind }) => kind === 'main').version;

async function tryInstall(
  name,
  { install, node = ['node'], nodeLinker },
  folder,
  registry,
  packages,
) {
  say(`Installing with ${name}`);
  const project = join(folder, name.replaceAll(/\W+/g, '-'));
  makeProject(project, { mpmetrics: version(packages) }, registry, nodeLinker);
  const environment = { npm_config_registry: registry.url, YARN_NPM_REGISTRY_SERVER: registry.url };
  for (const [command, ...args] of install)
    await must(command, args, { cwd: project, quiet: true, environment });
  if (name === 'npm') requireLittle(project);
  cpSync(join(root, 'scripts/platforms/smoke'), project, { recursive: true });
  const [command, ...args] = node;
  await must(command, [...args, 'main.mjs'], { cwd: project, quiet: true });
}

function makeProject(project, dependencies, { url }, nodeLinker) {
  mkdirSync(project);
  writeManifest(project, { dependencies });
  writeFileSync(join(project, '.npmrc'), `registry=${url}\n`);
  if (nodeLinker === undefined) return;
  // An empty lock file says that it is a project of its own, whatever lies above.
  writeFileSync(join(project, 'yarn.lock'), '');
  const settings = {
    nodeLinker,
    enableGlobalCache: false,
    // The usual folder keeps answers of registries, also those of an earlier one at another port.
    globalFolder: join(project, '.yarn/global'),
    enableImmutableInstalls: false,
    enableTelemetry: false,
    // Otherwise a version that was published a moment ago is not installed.
    npmMinimalAgeGate: 0,
    unsafeHttpWhitelist: ['127.0.0.1'],
  };
  writeFileSync(join(project, '.yarnrc.yml'), JSON.stringify(settings));
}

function writeManifest(project, content) {
  const about = { name: 'empty', private: true, ...content };
  writeFileSync(join(project, 'package.json'), JSON.stringify(about));
}

/** Two packages, and not much of them. */
function requireLittle(project) {
  const modules = join(project, 'node_modules');
  const names = readdirSync(modules)
    .filter((name) => !name.startsWith('.'))
    .flatMap((name) =>
      name.startsWith('@')
        ? readdirSync(join(modules, name)).map((part) => `${name}/${part}`)
        : [name],
    );
  const bytes = readdirSync(modules, { recursive: true })
    .map((file) => lstatSync(join(modules, file)))
    .filter((stat) => stat.isFile())
    .reduce((total, { size }) => total + size, 0);
  console.log(`An installation brings ${names.join(' and ')}: ${bytes} bytes`);
  if (names.length !== 2 || bytes > LARGEST) throw new Refusal('That is too much.');
}

/** Another platform gets its own binary, and no other. */
async function tryPlatform(target, folder, registry) {
  say(`Installing for ${target.name}`);
  const project = join(folder, target.name);
  makeProject(project, { mpmetrics: '*' }, registry);
  const platform = [
    `--os=${target.os}`,
    `--cpu=${target.cpu}`,
    ...(target.libc ? [`--libc=${target.libc}`] : []),
  ];
  await must('npm', ['install', '--no-audit', '--no-fund', ...platform], {
    cwd: project,
    quiet: true,
  });
  const scope = join(project, 'node_modules/@mpmetrics');
  const found = existsSync(scope) ? readdirSync(scope).map((name) => `@mpmetrics/${name}`) : [];
  if (String(found) !== target.packageName) throw new Refusal(`${target.name} gets ${found}.`);
}

/** A stand-in takes the place of its original in a project with a lock file, as its README says. */
async function tryStandIn({ original, version: last, folder: source }, folder, registry) {
  say(`Replacing ${original} in a project with a lock file`);
  const project = join(folder, source.replaceAll('/', '-'));
  const install = ['install', '--no-audit', '--no-fund'];
  makeProject(project, { [original]: `^${last}` }, registry);
  await must('npm', install, { cwd: project, quiet: true });
  writeManifest(project, recipeFor({ folder: source }));
  await must('npm', install, { cwd: project, quiet: true });
  const script = `console.log(require('${original}').register === require('mpmetrics').register)`;
  const output = await must(process.execPath, ['--eval', script], { cwd: project, quiet: true });
  if (output.trim() !== 'true') throw new Refusal(`npm keeps the original of ${original}.`);
}
