// Uploads packages: each only when those that it needs are there.
import { must, say } from '../run.mjs';

/**
 * @param {import('./stage.mjs').Package[]} packages in order: platforms, the main package, stand-ins
 * @param {string[]} options of npm
 */
export async function publish(packages, options) {
  for (const { name, version, tarball } of packages) {
    say(`Publishing ${name} ${version}`);
    const tag = version.includes('-') ? ['--tag', 'next'] : [];
    await must('npm', ['publish', tarball, '--access', 'public', ...tag, ...options], {
      quiet: true,
    });
  }
}
