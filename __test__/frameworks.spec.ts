// Applications of every framework without instrumentation, in a cluster of four from the packed package. The page must
// count exactly the requests.

import { cpSync } from 'node:fs';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { Application, type Sample } from './support/application';
import { frameworks, PackedProject } from './support/packed';

const project = new PackedProject();
const NAME = 'http_server_request_duration_seconds_count';

test.before('installs the packed package, and frameworks beside it', async () => {
  await project.install();
  cpSync(join(frameworks, 'apps'), join(project.folder, 'apps'), { recursive: true });
  project.link('@hono/node-server', '@koa/router', 'express', 'express4', 'fastify', 'fastify4');
  project.link('hono', 'koa', 'koa2', 'reflect-metadata');
  project.link('@nestjs/common', '@nestjs/core', '@nestjs/platform-fastify');
});
test.after.always(() => project.remove());

/** An application, and the names of its routes. */
interface Framework {
  file: string;
  framework?: string;
  /** Whether it has routes at all. */
  hasRoutes?: boolean;
}

const FRAMEWORKS: Record<string, Framework> = {
  'Express 4': { file: 'express.cjs', framework: 'express4' },
  'Express 5': { file: 'express.cjs', framework: 'express' },
  'Fastify 4': { file: 'fastify.cjs', framework: 'fastify4' },
  'Fastify 5': { file: 'fastify.cjs', framework: 'fastify' },
  'Koa 2': { file: 'koa.cjs', framework: 'koa2' },
  'Koa 3': { file: 'koa.cjs', framework: 'koa' },
  Hono: { file: 'hono.mjs' },
  'NestJS on Express': { file: 'nest.cjs', framework: 'express' },
  'NestJS on Fastify': { file: 'nest.cjs', framework: 'fastify' },
  'plain http': { file: 'http.cjs', hasRoutes: false },
};

const USERS = '/users/:id';
const ITEMS = '/api/:version/items/:item';

for (const [name, { file, framework = '', hasRoutes = true }] of Object.entries(FRAMEWORKS)) {
  const start = (t: ExecutionContext, preload = '--import'): Promise<Application> => {
    t.timeout(240_000);
    const args = [preload, 'mpmetrics/auto', 'apps/cluster.cjs', `apps/${file}`];
    return Application.start(t, {
      folder: project.folder,
      args,
      environment: { FRAMEWORK: framework },
    });
  };
  const route = (template: string): string | undefined => (hasRoutes ? template : undefined);

  test.serial(`${name}: 10,000 paths are counted, each by its template`, async (t) => {
    const application = await start(t);
    await application.until('/users/first', 200);
    const before = await application.samples(NAME);
    const paths = Array.from({ length: 2500 }, (_, number) => [
      `/users/${number}?page=${number}`,
      `/api/v${number}/items/${number}`,
      '/fails',
      `/nothing/${number}`,
    ]).flat();
    t.deepEqual([...(await application.all(paths))].toSorted(), [
      [200, 5000],
      [404, 2500],
      [500, 2500],
    ]);
    await application.breakOff('/slow');
    await aborted(application);

    const after = await application.samples(NAME);
    const counted = (status: string, template: string | undefined): number =>
      valueIn(after, status, template) - valueIn(before, status, template);
    if (hasRoutes) {
      t.is(counted('200', USERS), 2500);
      t.is(counted('200', ITEMS), 2500);
    } else {
      t.is(counted('200', undefined), 5000);
    }
    t.is(counted('500', route('/fails')), 2500);
    t.is(counted('404', undefined), 2500);
    // Two templates that succeed, one that fails, one with an aborted response, and a request without a template.
    t.true(after.length <= 5, `${after.length} series`);
    const broken = after.find(({ labels }) => labels['error_type'] === 'aborted');
    t.is(broken?.labels['http_route'], route('/slow'));
    const active = await application.samples('http_server_active_requests');
    t.deepEqual(
      active.map(({ value }) => value),
      active.map(() => 0),
    );
    t.is(application.errors, '');
  });

  test.serial(`${name}: every answered request is counted, over kills`, async (t) => {
    const application = await start(t, '--require');
    await application.until('/users/first', 200);
    const before = valueOfAll(await application.samples(NAME));
    const kill = async (): Promise<void> => {
      const [pid] = await application.workers();
      if (pid !== undefined) process.kill(pid, 'SIGKILL');
    };
    // While requests are under way, and spread over all of them.
    const killing = Array.from({ length: 5 }, async (_, number) => {
      await application.answered(300 + 500 * number);
      await kill();
    });
    const paths = Array.from({ length: 3000 }, (_, number) => `/users/${number}`);
    const answers = await application.all(paths);
    await Promise.all(killing);
    const [answered, broken] = [answers.get(200) ?? 0, answers.get(0) ?? 0];
    t.is(answered + broken, 3000);
    t.true(broken < 3000);
    const counted = valueOfAll(await application.samples(NAME)) - before;
    // A killed worker may have counted a response that the client did not receive.
    t.true(
      counted >= answered && counted <= answered + broken,
      `${counted} are counted, ${answered} were answered, and ${broken} broke off`,
    );
  });
}

/** Waits until the page shows a request that was broken off. */
async function aborted(application: Application): Promise<void> {
  for (;;) {
    const samples = await application.samples(NAME);
    if (samples.some(({ labels }) => labels['error_type'] === 'aborted')) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function valueIn(samples: Sample[], status: string, template: string | undefined): number {
  return valueOfAll(
    samples.filter(
      ({ labels }) =>
        labels['http_response_status_code'] === status &&
        labels['http_route'] === template &&
        labels['error_type'] !== 'aborted',
    ),
  );
}

function valueOfAll(samples: Sample[]): number {
  return samples.reduce((sum, { value }) => sum + value, 0);
}
