// How each package manager replaces the originals by the stand-ins: the recipes of their READMEs.
import { recipeFor, standIns } from './recipes.mjs';

const recipes = standIns.map(recipeFor);
const all = (part) => Object.assign({}, ...recipes.map((recipe) => recipe[part]));

/**
 * By the name of the package manager: the entries that are added to a package.json, the command that installs, and the
 * command that completes the replacement if the first does not.
 */
export const installs = {
  npm: {
    added: { overrides: all('overrides') },
    command: ['npm', 'install', '--no-audit', '--no-fund', '--loglevel=error'],
    // It leaves an original in place that only one package has for itself: the guide says so.
    again: ['npm', 'update', '--no-audit', '--no-fund', '--loglevel=error'],
  },
  pnpm: {
    added: { pnpm: { overrides: all('dependencies') } },
    command: [
      'npx',
      '--yes',
      'pnpm@10',
      'install',
      '--reporter=append-only',
      '--no-frozen-lockfile',
    ],
  },
  yarn: {
    added: { resolutions: all('dependencies') },
    // A cache of its own: yarn's would take a package of an earlier build for this one.
    // prettier-ignore
    command: ['npx', '--yes', 'yarn@1', 'install', '--non-interactive', '--silent', '--ignore-engines', '--cache-folder', '.yarn-cache'],
  },
};

/** The dependencies of a project before and after the change. */
export const originals = Object.fromEntries(
  standIns.map(({ original, version }) => [original, `^${version}`]),
);
export const aliases = all('dependencies');
