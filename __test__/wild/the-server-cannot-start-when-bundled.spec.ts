// An application is bundled into one file, mpmetrics with it. `startHttpServer()` rejects with "Cannot find module '.../thread.js'", which does
// not say what to do.

import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import test from 'ava';
import { build, type BuildOptions } from 'esbuild';
import { neutral } from '../multiprocess/support/run';
import { installed } from '../support/project';

const APPLICATION = `
  const { Counter, startHttpServer } = require('mpmetrics');
  new Counter({ name: 'requests_total', help: 'Requests' }).inc();
  startHttpServer({ port: 0, host: '127.0.0.1' }).then(
    async (server) => {
      console.log(await (await fetch(server.url)).text());
      await server.close();
    },
    ({ code, message }) => console.log(code, message),
  );
`;

/** The output of the application after such a bundling. */
async function printed(folder: string, options: BuildOptions): Promise<string> {
  writeFileSync(join(folder, 'application.cjs'), APPLICATION);
  const outfile = join(folder, 'bundle/application.cjs');
  const entryPoints = [join(folder, 'application.cjs')];
  await build({ entryPoints, outfile, bundle: true, platform: 'node', ...options });
  return (await promisify(execFile)(process.execPath, [outfile], { env: neutral() })).stdout;
}

test('the error says that it was bundled, and how to leave it out', async (t) => {
  const folder = await installed(t, []);
  const text = await printed(folder, { loader: { '.node': 'copy' } });
  t.regex(
    text,
    /^MPMETRICS_NO_SERVER_THREAD .*bundle.thread\.js is not there\. .*--external:mpmetrics/,
  );
});

test('with mpmetrics outside of the bundle, the server works', async (t) => {
  const folder = await installed(t, []);
  t.regex(await printed(folder, { external: ['mpmetrics'] }), /^requests_total 1$/m);
});
