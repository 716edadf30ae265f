// NestJS: a controller with methods decorated by metrics keeps its routes, its parameters and its pipes.

import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import test from 'ava';
import typescript from 'typescript';
import { neutral } from './multiprocess/support/run';
import { installed } from './support/project';

const SERVICE = `
  import 'reflect-metadata';
  import { Controller, Get, Header, HttpCode, Module, Param, ParseIntPipe, Post, Query } from '@nestjs/common';
  import { NestFactory } from '@nestjs/core';
  import { Counter, Gauge, Histogram, register } from 'mpmetrics';

  const seconds = new Histogram({ name: 'seconds', help: 'Time', labelNames: ['route'], buckets: [60] });
  const calls = new Counter({ name: 'calls_total', help: 'Calls', labelNames: ['route'] });
  const failures = new Counter({ name: 'failures_total', help: 'Failures' });
  const running = new Gauge({ name: 'running', help: 'Calls in progress' });

  @Controller('items')
  class Items {
    private readonly prefix = 'item ';

    @Get('above/:id')
    @seconds.time({ route: 'above' })
    above(@Param('id', ParseIntPipe) id: number): string {
      return this.prefix + (id + 1);
    }

    @seconds.time({ route: 'below' })
    @Get('below')
    @Header('x-own', 'kept')
    async below(@Query('word') word: string): Promise<string> {
      return this.prefix + word;
    }

    @Post()
    @calls.count({ route: 'post' })
    @HttpCode(202)
    @running.trackInProgress()
    make(): { made: boolean } {
      return { made: true };
    }

    @Get('fails')
    @failures.countExceptions()
    fails(): never {
      throw new Error('as it should');
    }

    @Get('metrics')
    async metrics(): Promise<string> {
      return register.metrics();
    }
  }

  @Module({ controllers: [Items] })
  class Application {}

  async function main(): Promise<void> {
    const app = await NestFactory.create(Application, { logger: false });
    await app.listen(0, '127.0.0.1');
    const url = (await app.getUrl()) + '/items';
    const seen: unknown[] = [];
    for (const [path, method] of [
      ['/above/7', 'GET'], ['/above/x', 'GET'], ['/below?word=two', 'GET'], ['', 'POST'], ['/fails', 'GET'],
    ]) {
      const answer = await fetch(url + path, { method });
      seen.push([answer.status, answer.headers.get('x-own'), await answer.text()]);
    }
    const text = await (await fetch(url + '/metrics')).text();
    console.log(JSON.stringify({ seen, samples: text.match(/^(?:seconds_count|calls|failures|running).*$/gm) }));
    await app.close();
  }
  void main();
`;

test('a controller keeps its routes under our decorators', async (t) => {
  const packages = ['common', 'core', 'platform-express'].map((name) => `@nestjs/${name}@11`);
  const folder = await installed(t, [...packages, 'reflect-metadata@0.2', 'rxjs@7']);
  const { CommonJS } = typescript.ModuleKind;
  const { outputText } = typescript.transpileModule(SERVICE, {
    compilerOptions: {
      target: typescript.ScriptTarget.ES2022,
      module: CommonJS,
      experimentalDecorators: true,
      emitDecoratorMetadata: true,
    },
  });
  writeFileSync(join(folder, 'service.cjs'), outputText);
  const { stdout } = await promisify(execFile)(process.execPath, ['service.cjs'], {
    cwd: folder,
    env: neutral(),
  });
  const { seen, samples } = JSON.parse(stdout) as {
    seen: [number, string | null, string][];
    samples: string[];
  };
  t.deepEqual(
    seen.map(([status, header]) => [status, header]),
    [
      [200, null],
      [400, null],
      [200, 'kept'],
      [202, null],
      [500, null],
    ],
  );
  t.is(seen[0]?.[2], 'item 8');
  t.is(seen[2]?.[2], 'item two');
  t.is(seen[3]?.[2], '{"made":true}');
  t.deepEqual(samples, [
    'seconds_count{route="above"} 1',
    'seconds_count{route="below"} 1',
    'calls_total{route="post"} 1',
    'failures_total 1',
    'running 0',
  ]);
});
