// The entry points of the frameworks: the page on a path, and the metrics of all requests, in code.

import { execFile } from 'node:child_process';
import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import test from 'ava';
import typescript from 'typescript';
import { neutral } from './multiprocess/support/run';
import { samplesIn } from './support/application';
import { frameworks, PackedProject } from './support/packed';

const project = new PackedProject();

test.before('installs the packed package, and frameworks beside it', async () => {
  await project.install();
  cpSync(join(frameworks, 'entries'), join(project.folder, 'entries'), { recursive: true });
  project.link('@hono/node-server', '@koa/router', 'express', 'express4', 'fastify', 'fastify4');
  project.link('hono', 'koa', 'koa2', 'reflect-metadata');
  project.link('@nestjs/common', '@nestjs/core', '@nestjs/platform-fastify');
  const source = readFileSync(join(frameworks, 'entries/nest.ts'), 'utf8');
  const { outputText } = typescript.transpileModule(source, {
    compilerOptions: {
      target: typescript.ScriptTarget.ES2022,
      module: typescript.ModuleKind.CommonJS,
      experimentalDecorators: true,
      emitDecoratorMetadata: true,
    },
  });
  project.write('entries/nest.cjs', outputText);
});
test.after.always(() => project.remove());

interface Said {
  status: number;
  type: string;
  text: string;
  zipped: [encoding: string | null, mediaType: string];
  head: [status: number, text: string];
}

async function run(file: string, framework: string): Promise<Said> {
  const { stdout } = await promisify(execFile)(process.execPath, [join('entries', file)], {
    cwd: project.folder,
    env: { ...neutral(), NODE_ENV: 'test', FRAMEWORK: framework },
  });
  return JSON.parse(stdout) as Said;
}

for (const [name, [file, framework]] of Object.entries({
  'mpmetrics/express, Express 4': ['express.cjs', 'express4'],
  'mpmetrics/express, Express 5': ['express.cjs', 'express'],
  'mpmetrics/fastify, Fastify 4': ['fastify.cjs', 'fastify4'],
  'mpmetrics/fastify, Fastify 5': ['fastify.cjs', 'fastify'],
  'mpmetrics/koa, Koa 2': ['koa.cjs', 'koa2'],
  'mpmetrics/koa, Koa 3': ['koa.cjs', 'koa'],
  'mpmetrics/hono': ['hono.mjs', ''],
  'mpmetrics/nest, on Express': ['nest.cjs', 'express'],
  'mpmetrics/nest, on Fastify': ['nest.cjs', 'fastify'],
  'mpmetrics/http': ['http.mjs', '/metrics'],
  'mpmetrics/fetch': ['http.mjs', '/fetch'],
} as const)) {
  test.serial(name, async (t) => {
    const { status, type, text, zipped, head } = await run(file, framework);
    t.is(status, 200);
    t.is(type, 'text/plain; version=0.0.4; charset=utf-8');
    t.deepEqual(zipped, ['gzip', 'application/vnd.google.protobuf']);
    t.deepEqual(head, [200, '']);
    const counts = samplesIn(text)
      .filter((sample) => sample.name === 'http_server_request_duration_seconds_count')
      .map(({ labels, value }) => [
        labels['http_route'],
        labels['http_response_status_code'],
        value,
      ]);
    t.deepEqual(counts, [
      ['/users/:id', '200', 2],
      ['/api/:version/items/:item', '200', 1],
      ['/fails', '500', 1],
      [undefined, '404', 1],
    ]);
    if (file !== 'nest.cjs') return;
    t.regex(text, /^looks_total\{kind="user"\} 2$/m);
    t.regex(text, /^find_seconds_count\{kind="user"\} 2$/m);
    t.regex(text, /^calls_total 2$/m);
  });
}
