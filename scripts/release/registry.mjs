// A registry on this machine's loopback, which knows our packages and asks the usual one for all others.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { must, Refusal, root, say } from '../run.mjs';

const FOLDER = join(root, 'target', 'registry');
const TOOL = join(FOLDER, 'tool');

/** Starts it, empty. `options` make npm use it; `stop` ends it. */
export async function startRegistry() {
  await install();
  const port = await freePort();
  const uplink = (
    await must('npm', ['config', 'get', 'registry'], { quiet: true, silent: true })
  ).trim();
  rmSync(join(FOLDER, 'storage'), { recursive: true, force: true });
  writeFileSync(join(FOLDER, 'config.yaml'), configuration(uplink));
  const child = spawn(
    process.execPath,
    [
      join(TOOL, 'node_modules/verdaccio/bin/verdaccio'),
      '--config',
      join(FOLDER, 'config.yaml'),
      '--listen',
      `127.0.0.1:${port}`,
    ],
    { cwd: FOLDER, stdio: ['ignore', 'ignore', 'inherit'] },
  );
  const url = `http://127.0.0.1:${port}/`;
  const stop = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill();
    await once(child, 'exit');
  };
  await answering(url, child).catch(async (error) => {
    await stop();
    throw error;
  });
  // Anybody may publish there, but npm wants a token to send.
  const settings = join(FOLDER, 'npmrc');
  writeFileSync(settings, `//127.0.0.1:${port}/:_authToken=anybody\n`);
  return { url, stop, options: ['--registry', url, '--userconfig', settings] };
}

async function install() {
  mkdirSync(TOOL, { recursive: true });
  const manifest = {
    private: true,
    // The last one for Node.js 20, which this package supports.
    dependencies: { verdaccio: '6.8.0' },
    // An older one that is wanted below is not to be had everywhere.
    overrides: { 'node-fetch': '2.7.0' },
  };
  writeFileSync(join(TOOL, 'package.json'), JSON.stringify(manifest));
  say('Installing verdaccio');
  await must('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: TOOL,
    quiet: true,
  });
}

function configuration(uplink) {
  return `
storage: ${join(FOLDER, 'storage')}
uplinks:
  usual: { url: ${JSON.stringify(uplink)} }
packages:
  '@mpmetrics/*': { access: $all, publish: $all, unpublish: $all }
  mpmetrics: { access: $all, publish: $all, unpublish: $all }
  '**': { access: $all, proxy: usual }
max_body_size: 20mb
log: { type: stdout, level: error }
`;
}

async function answering(url, child) {
  for (let tries = 0; tries < 300; tries += 1) {
    if (child.exitCode !== null) throw new Refusal(`verdaccio ended with code ${child.exitCode}.`);
    const answer = await fetch(new URL('-/ping', url)).catch(() => undefined);
    if (answer?.ok) return;
    await sleep(200);
  }
  throw new Refusal('verdaccio does not answer.');
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}
