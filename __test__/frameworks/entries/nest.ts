// oxlint-disable typescript/no-extraneous-class -- what NestJS calls a module is a class
// Compiled by the spec, as a project of NestJS would be.
import 'reflect-metadata';
import { Counted, InjectMetric, MetricsModule, Timed } from 'mpmetrics/nest';
import { Controller, Get, Injectable, Module, Param } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Counter } from 'mpmetrics';
import { askAll } from './ask.cjs';

const looks = new Counter({ name: 'looks_total', help: 'Looks', labelNames: ['kind'] });

@Injectable()
class Store {
  constructor(@InjectMetric('looks_total') private readonly looked: Counter) {}

  @Timed(
    { name: 'find_seconds', help: 'Time to find', labelNames: ['kind'], buckets: [60] },
    { kind: 'user' },
  )
  async find(id: string): Promise<string> {
    this.looked.inc({ kind: 'user' });
    return id;
  }
}

@Controller()
class Users {
  constructor(private readonly store: Store) {}

  @Counted({ name: 'calls_total', help: 'Calls' })
  @Get('users/:id')
  async user(@Param('id') id: string): Promise<string> {
    return this.store.find(id);
  }

  @Get('api/:version/items/:item')
  item(@Param() all: object): object {
    return all;
  }

  @Get('fails')
  fails(): never {
    throw new Error('as it should');
  }
}

@Module({
  imports: [MetricsModule.forRoot({ metrics: [looks] })],
  controllers: [Users],
  providers: [Store],
})
class Application {}

async function main(): Promise<void> {
  const app =
    process.env['FRAMEWORK'] === 'fastify'
      ? await NestFactory.create(Application, new FastifyAdapter(), { logger: false })
      : await NestFactory.create(Application, { logger: false });
  await app.listen(0);
  await askAll(app.getHttpServer().address().port);
}
void main();
