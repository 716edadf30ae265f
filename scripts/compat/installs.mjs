// The manifest and the command by which each package manager installs the stand-ins.

const file = (path) => `file:${path}`;

function fromFiles(tarballs) {
  return Object.fromEntries(Object.entries(tarballs).map(([name, path]) => [name, file(path)]));
}

/** By the name of the package manager: `dependencies` of the row, and the tarballs by their package names. */
export const installs = {
  npm: (dependencies, tarballs) => ({
    manifest: {
      dependencies: { ...fromFiles(tarballs), ...dependencies },
      overrides: {
        'prom-client': '$prom-client',
        '@prometheus-io/client': '$@prometheus-io/client',
      },
    },
    command: ['npm', 'install', '--no-audit', '--no-fund', '--loglevel=error'],
  }),
  pnpm: (dependencies, tarballs) => ({
    manifest: {
      dependencies: { ...fromFiles(tarballs), ...dependencies },
      pnpm: { overrides: fromFiles(tarballs) },
    },
    command: ['npx', '--yes', 'pnpm@10', 'install', '--reporter=append-only'],
  }),
  yarn: (dependencies, tarballs) => ({
    manifest: {
      dependencies: { ...fromFiles(tarballs), ...dependencies },
      resolutions: fromFiles(tarballs),
    },
    // A cache of its own: yarn's would take a tarball of an earlier build for this one.
    // prettier-ignore
    command: ['npx', '--yes', 'yarn@1', 'install', '--non-interactive', '--silent', '--cache-folder', '.yarn-cache'],
  }),
};
