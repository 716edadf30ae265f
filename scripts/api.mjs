// Writes docs/api, the reference of all entry points, from the docstrings.
//   npm run docs:api             writes it
//   npm run docs:api -- --check  fails if a docstring has changed since
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Application, Converter, ReflectionKind } from 'typedoc';
import { BriefTheme, NAME } from './api/theme.mjs';
import { main, Refusal, root } from './run.mjs';

const folder = join(root, 'docs/api');

/** Entry points without exports of their own: `auto` only starts, and `lib` is for packages that import prom-client's files. */
const WITHOUT_EXPORTS = new Set(['./auto', './lib/*', './package.json']);

/** The kinds of items that need a docstring. */
const DOCUMENTED =
  'Class Interface TypeAlias Variable Function Constructor Method Property Accessor'.split(' ');

/** The type parameters of decorators: the decorated method, and the wrapped function. */
const TYPES_OF_THE_DECORATED = ['InProgress', 'Method', 'Time'].flatMap((kind) =>
  ['Method', 'Wrapped'].map((name) => `mpmetrics.${kind}Instrument.${name}`),
);

/** The source of each entry point, by its name. */
const { name, exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const entries = new Map(
  Object.entries(exports)
    .filter(([path]) => !WITHOUT_EXPORTS.has(path))
    .map(([path, { types }]) => [
      types.replace(/^\.\/dist\/(.*)\.d\.ts$/, '$1.ts'),
      path.replace('.', name),
    ]),
);

await main(async () => {
  const { check } = parseArgs({ options: { check: { type: 'boolean', default: false } } }).values;
  if (!check) return write(folder);
  const fresh = mkdtempSync(join(tmpdir(), 'mpmetrics-api-'));
  try {
    await write(fresh);
    const names = new Set([...readdirSync(fresh), ...readdirSync(folder)]);
    const stale = [...names].filter((file) => textOf(fresh, file) !== textOf(folder, file));
    if (stale.length > 0) {
      throw new Refusal(
        `docs/api is older than the docstrings (${stale.join(', ')}). Run "npm run docs:api", and commit the result.`,
      );
    }
  } finally {
    rmSync(fresh, { recursive: true });
  }
});

async function write(out) {
  const application = await Application.bootstrapWithPlugins({
    plugin: ['typedoc-plugin-markdown', ({ renderer }) => renderer.defineTheme(NAME, BriefTheme)],
    outputs: [{ name: 'markdown', path: out }],
    entryPoints: [...entries.keys()].map((source) => join(root, source)),
    tsconfig: join(root, 'tsconfig.json'),
    // `npm run typecheck` finds the errors of the types.
    skipErrorChecking: true,
    readme: join(root, 'scripts/api/introduction.md'),
    mergeReadme: true,
    logLevel: 'Warn',
    validation: { notDocumented: true, notExported: false },
    requiredToBeDocumented: DOCUMENTED,
    intentionallyNotDocumented: TYPES_OF_THE_DECORATED,
    // Lines of the source would make each file stale after any change.
    disableSources: true,
    disableGit: true,
    excludeInternal: true,
    excludePrivate: true,
    excludeProtected: true,
    excludeExternals: true,
    theme: NAME,
    outputFileStrategy: 'members',
    membersWithOwnFile: ['Class'],
    flattenOutputFiles: true,
    hidePageHeader: true,
    hideBreadcrumbs: true,
    parametersFormat: 'table',
    interfacePropertiesFormat: 'table',
    typeAliasPropertiesFormat: 'table',
    typeDeclarationFormat: 'table',
    propertyMembersFormat: 'table',
    classPropertiesFormat: 'table',
    tableColumnSettings: { hideInherited: true, hideModifiers: true, hideOverrides: true },
  });
  application.converter.on(Converter.EVENT_RESOLVE_END, ({ project }) => tidy(project));
  const project = await application.convert();
  if (project === undefined) throw new Refusal('The docstrings cannot be read: see above.');
  application.validate(project);
  await application.generateOutputs(project);
  if (application.logger.hasErrors() || application.logger.hasWarnings()) {
    throw new Refusal('A docstring is missing, or has a fault: see above.');
  }
}

/** Names the entry points, and leaves out members that stand elsewhere or are for prom-client's own code. */
function tidy(project) {
  for (const module of project.getReflectionsByKind(ReflectionKind.Module)) {
    module.name = entries.get(`${module.name}.ts`) ?? module.name;
  }
  for (const type of project.getReflectionsByKind(ReflectionKind.Class)) {
    const hasDocumentedBase = type.extendedTypes?.some(({ reflection }) => reflection) ?? false;
    for (const member of type.children?.slice() ?? []) {
      const isInherited = hasDocumentedBase && member.inheritedFrom !== undefined;
      if (isInherited || member.name.startsWith('_')) project.removeReflection(member);
    }
  }
}

function textOf(from, file) {
  try {
    return readFileSync(join(from, file), 'utf8');
  } catch {
    return undefined;
  }
}
