// Runs the programs of documents and docstrings, each in a project of its own.

import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { ExecutionContext } from 'ava';
import { transform } from 'esbuild';
import { neutral } from '../multiprocess/support/run';
import { inTest } from './guides';
import { LinkedProject } from './linked';
import { frameworks } from './packed';

const run = promisify(execFile);

/** Packages that the programs import besides this one, by their folders. */
const PACKAGES: Readonly<Record<string, string>> = {
  node_modules: '@opentelemetry/api prom-client',
  [join(frameworks, 'node_modules')]:
    'express fastify hono koa @koa/router @nestjs/common reflect-metadata',
};

/** Services, which end only when they are told to. */
const isService = (code: string): boolean => code.includes('createServer');

/** The decorators of NestJS are of the older kind. No import is left out. */
const COMPILER = { experimentalDecorators: true, verbatimModuleSyntax: true };

/** Runs a program in a project of its own. A service is ended as soon as it listens. */
export async function runProgram(
  t: ExecutionContext,
  code: string,
  args: string[] = [],
): Promise<{ stdout: string; stderr: string }> {
  const { code: lowered } = await transform(
    inTest(code).replaceAll("'billing'", `'billing-${process.pid}'`),
    {
      loader: 'ts',
      target: 'node20',
      tsconfigRaw: { compilerOptions: COMPILER },
    },
  );
  const project = new LinkedProject(t, {
    'program.mjs': lowered,
    'listening.mjs': `
      import net from 'node:net';
      const { listen } = net.Server.prototype;
      net.Server.prototype.listen = function (...given) {
        this.once('listening', () => process.send?.('listening'));
        return listen.apply(this, given);
      };`,
    'supervisor.mjs': `
      import { fork } from 'node:child_process';
      const service = fork('program.mjs', { execArgv: ['--import', './listening.mjs'] });
      service.once('message', () => service.kill());
      service.once('exit', (code) => process.exit(code ?? 0));`,
  });
  for (const [folder, names] of Object.entries(PACKAGES)) {
    for (const name of names.split(' ')) project.link(join(folder, name), name);
  }
  const script = isService(code) ? 'supervisor.mjs' : 'program.mjs';
  return run(process.execPath, [script, ...args], {
    cwd: project.folder,
    env: {
      ...neutral(),
      PORT: '0',
      METRICS_PORT: '0',
      METRICS_PASSWORD: 'sesame',
      NODE_NO_WARNINGS: '1',
    },
  });
}
