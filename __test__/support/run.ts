// Separate programs, for tests that depend on the environment of a process, or end it.

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const index = JSON.stringify(new URL('../../index.ts', import.meta.url).href);

/**
 * Runs a module that has all exports of the package as `client`. Resolves with its output; rejects if it fails.
 *
 * @param code The module's code.
 * @param environment Variables in addition to those of this process.
 */
export async function run(
  code: string,
  environment: Record<string, string> = {},
): Promise<{ stdout: string; stderr: string }> {
  const module = `import * as client from ${index};\n${code}`;
  const loader = import.meta.resolve('@oxc-node/core/register');
  return promisify(execFile)(
    process.execPath,
    [`--import=${loader}`, '--input-type=module', '--eval', module],
    { env: { ...process.env, ...environment }, timeout: 60_000 },
  );
}
