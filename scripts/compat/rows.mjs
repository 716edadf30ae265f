// Packages that use prom-client, each in a small service as in its README: its installation, its program, its requests,
// and the samples that count them.

export const rows = [
  {
    name: 'express-prom-bundle',
    dependencies: { 'express-prom-bundle': '^8.0.0', express: '^5.0.0' },
    installers: ['npm', 'pnpm', 'yarn'],
    path: '/hello',
    sample: /^http_request_duration_seconds_count\{.*path="\/hello".*\} (\d+)$/gm,
    service: `
      const http = require('node:http');
      const express = require('express');
      const bundle = require('express-prom-bundle');
      module.exports = (listening) => {
        const app = express();
        app.use(bundle({ includeMethod: true, includePath: true, promClient: { collectDefaultMetrics: {} } }));
        app.get('/hello', (_, response) => response.send('hello'));
        listening(http.createServer(app));
      };`,
  },
  {
    name: 'fastify-metrics',
    dependencies: { 'fastify-metrics': '^14.1.0', fastify: '^5.0.0' },
    node: '22.23.3',
    path: '/hello',
    sample: /^http_request_duration_seconds_count\{.*route="\/hello".*\} (\d+)$/gm,
    service: `
      const fastify = require('fastify');
      const plugin = require('fastify-metrics');
      module.exports = async (listening) => {
        const app = fastify();
        await app.register(plugin.default ?? plugin, { endpoint: '/metrics' });
        app.get('/hello', async () => 'hello');
        await app.ready();
        listening(app.server);
      };`,
  },
  {
    name: '@willsoto/nestjs-prometheus',
    dependencies: {
      '@willsoto/nestjs-prometheus': '^6.0.0',
      '@nestjs/common': '^11.0.0',
      '@nestjs/core': '^11.0.0',
      '@nestjs/platform-express': '^11.0.0',
      'reflect-metadata': '^0.2.0',
      rxjs: '^7.0.0',
    },
    path: '/hello',
    sample: /^hellos_total (\d+)$/gm,
    service: `
      require('reflect-metadata');
      const { Controller, Get, Module } = require('@nestjs/common');
      const { NestFactory } = require('@nestjs/core');
      const { PrometheusModule, InjectMetric, makeCounterProvider } = require('@willsoto/nestjs-prometheus');
      class Hello {
        constructor(hellos) { this.hellos = hellos; }
        hello() { this.hellos.inc(); return 'hello'; }
      }
      Reflect.defineMetadata('design:paramtypes', [Object], Hello);
      InjectMetric('hellos_total')(Hello, undefined, 0);
      Get('hello')(Hello.prototype, 'hello', Object.getOwnPropertyDescriptor(Hello.prototype, 'hello'));
      Controller()(Hello);
      class Application {}
      Module({
        imports: [PrometheusModule.register()],
        controllers: [Hello],
        providers: [makeCounterProvider({ name: 'hellos_total', help: 'Greetings' })],
      })(Application);
      module.exports = async (listening) => {
        const app = await NestFactory.create(Application, { logger: ['error'] });
        await app.init();
        listening(app.getHttpServer());
      };`,
  },
  {
    name: 'prometheus-api-metrics',
    dependencies: { 'prometheus-api-metrics': '^4.0.0', express: '^4.0.0' },
    path: '/hello',
    sample: /^http_request_duration_seconds_count\{.*route="\/hello".*\} (\d+)$/gm,
    service: `
      const http = require('node:http');
      const express = require('express');
      const apiMetrics = require('prometheus-api-metrics');
      module.exports = (listening) => {
        const app = express();
        app.use(apiMetrics());
        app.get('/hello', (_, response) => response.send('hello'));
        listening(http.createServer(app));
      };`,
  },
  {
    name: '@hono/prometheus',
    dependencies: {
      '@hono/prometheus': '^1.0.0',
      '@hono/node-server': '^1.0.0',
      hono: '^4.0.0',
    },
    file: 'service.mjs',
    path: '/hello',
    sample: /^http_requests_total\{.*route="\/hello".*\} (\d+)$/gm,
    service: `
      import { createAdaptorServer } from '@hono/node-server';
      import { prometheus } from '@hono/prometheus';
      import { Hono } from 'hono';
      export default (listening) => {
        const app = new Hono();
        const { printMetrics, registerMetrics } = prometheus();
        app.use('*', registerMetrics);
        app.get('/metrics', printMetrics);
        app.get('/hello', (context) => context.text('hello'));
        listening(createAdaptorServer(app));
      };`,
  },
  {
    name: 'prometheus-gc-stats',
    dependencies: { 'prometheus-gc-stats': '^1.1.0', '@sematext/gc-stats': '^1.5.9' },
    flags: ['--expose-gc'],
    path: '/hello',
    // Each request collects garbage; the engine may do so by itself as well.
    atLeast: true,
    sample: /^nodejs_gc_runs_total\{.*\} (\d+)$/gm,
    service: `
      const http = require('node:http');
      const { register } = require('prom-client');
      const gcStats = require('prometheus-gc-stats');
      module.exports = (listening) => {
        gcStats(register)();
        listening(
          http.createServer(async (request, response) => {
            if (request.url === '/metrics') return response.end(await register.metrics());
            gc();
            response.end('hello');
          }),
        );
      };`,
  },
  {
    name: 'opossum-prometheus',
    dependencies: { 'opossum-prometheus': '^0.3.0', opossum: '^8.0.0' },
    path: '/hello',
    sample: /^circuit\{.*event="success".*\} (\d+)$/gm,
    service: `
      const http = require('node:http');
      const CircuitBreaker = require('opossum');
      const PrometheusMetrics = require('opossum-prometheus');
      module.exports = (listening) => {
        const circuit = new CircuitBreaker(async () => 'hello', { name: 'hello' });
        const metrics = new PrometheusMetrics({ circuits: [circuit] });
        listening(
          http.createServer(async (request, response) =>
            response.end(await (request.url === '/metrics' ? metrics.metrics : circuit.fire())),
          ),
        );
      };`,
  },
];
