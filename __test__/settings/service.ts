// The cluster of the specs of settings.

import type { ExecutionContext } from 'ava';
import { Application, samplesIn, type Sample } from '../support/application';
import { LinkedProject } from '../support/linked';

/** Two workers that count orders, and answer `hello`. */
export const SERVICE = `
  const cluster = require('node:cluster');
  const { createServer } = require('node:http');
  if (cluster.isPrimary) {
    if (process.env.WORKER) cluster.setupPrimary({ exec: process.env.WORKER });
    for (const _ of [1, 2]) cluster.fork();
  } else {
    const { Counter, Histogram, register } = require('mpmetrics');
    const orders = new Counter({ name: 'orders_total', help: 'Orders', labelNames: ['number'] });
    const seconds = new Histogram({ name: 'order_seconds', help: 'Time', buckets: [60] });
    if (process.env.OWN_LABELS) register.setDefaultLabels({ own: 'yes', zone: 'own' });
    for (let number = 0; number < 10; number += 1) orders.inc({ number });
    seconds.observe(0.3);
    createServer((_, response) => response.end('hello')).listen(process.env.PORT);
  }
`;

type Files = Record<string, string | object>;

/** Starts the cluster, and waits until a worker answers. */
export async function start(
  t: ExecutionContext,
  { environment = {}, files = {}, preload = '--import' }: StartOptions = {},
): Promise<Application> {
  t.timeout(120_000);
  const { folder } = new LinkedProject(t, { 'service.cjs': SERVICE, ...files });
  const args = [preload, 'mpmetrics/auto', 'service.cjs'];
  const application = await Application.start(t, { folder, args, environment });
  await application.until('/', 200);
  return application;
}

/** The environment, the files and the preload option of the cluster. */
export interface StartOptions {
  environment?: NodeJS.ProcessEnv;
  files?: Files;
  preload?: '--import' | '--require';
}

/** The page, once both workers have counted. */
export async function page(application: Application, path = '/metrics'): Promise<Sample[]> {
  for (;;) {
    const { text } = await application.get(path, { port: application.metricsPort });
    const samples = samplesIn(text);
    const count = samples.find(({ name }) => name === 'order_seconds_count');
    if (count?.value === 2) return samples;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** The samples of that name. */
export function named(samples: Sample[], name: string): Sample[] {
  return samples.filter((sample) => sample.name === name);
}
