// The examples for Docker and Kubernetes: ports, mounts, sizes and users agree, and the commands of the containers run.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, realpathSync, symlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import test, { type ExecutionContext } from 'ava';
import { load, loadAll } from 'js-yaml';
import { neutral } from './multiprocess/support/run';
import { samplesIn } from './support/application';
import { endGroup } from './support/group';
import { LinkedProject } from './support/linked';
import { frameworks } from './support/packed';
import { freePort } from './support/port';
import { onLinux } from './support/systems';

interface Probe {
  httpGet: { path: string; port: string };
}

interface Container {
  name: string;
  command: string[];
  env?: { name: string; value: string }[];
  ports?: { name: string; containerPort: number }[];
  resources: { limits: { memory: string } };
  readinessProbe?: Probe;
  livenessProbe?: Probe;
  volumeMounts: { name: string; mountPath: string }[];
}

interface Pod {
  metadata: { labels: Record<string, string>; annotations: Record<string, string> };
  spec: {
    securityContext: Record<string, unknown>;
    containers: Container[];
    volumes: { name: string; emptyDir: { medium: string; sizeLimit: string } }[];
  };
}

interface Service {
  shm_size?: string;
  volumes?: string[];
  expose?: string[];
  healthcheck?: { test: string[] };
}

const COMPOSE = 'examples/docker-compose';
const { services } = yaml(`${COMPOSE}/compose.yaml`) as { services: Record<string, Service> };
const dockerfile = readFileSync(`${COMPOSE}/Dockerfile`, 'utf8');
const script = readFileSync(`${COMPOSE}/shop.mjs`, 'utf8');
const [deployment] = loadAll(readFileSync('examples/kubernetes/shop.yaml', 'utf8')) as {
  spec: { selector: { matchLabels: object }; template: Pod };
}[];
const pods = {
  'shop.yaml': deployment!.spec.template,
  'sidecar.yaml': yaml('examples/kubernetes/sidecar.yaml') as Pod,
};
const command = JSON.parse(/^CMD (.*)$/m.exec(dockerfile)![1]!) as string[];

test('compose: the image has the files of the shop, and its ports', (t) => {
  for (const [, file] of dockerfile.matchAll(/^COPY (\S+) /gm))
    t.true(existsSync(`${COMPOSE}/${file}`), file);
  const [, ports = ''] = /^EXPOSE (.*)$/m.exec(dockerfile)!;
  t.deepEqual(ports.split(' '), ['8080', '9464']);
  t.deepEqual(services['shop']!.expose, ['9464']);
  const { dependencies } = yaml(`${COMPOSE}/package.json`) as { dependencies: object };
  for (const [, name] of script.matchAll(/ from '([^':]+)'/g))
    t.true(Object.hasOwn(dependencies, name as string), name);
  t.true(
    script.includes(
      `'${new URL(/http:[^']*/.exec(services['shop']!.healthcheck!.test[3]!)![0]).pathname}'`,
    ),
  );
});

test('compose: shared memory is larger than a container has by itself', (t) => {
  t.true(bytesOf(services['shop']!.shm_size!) > bytesOf('64mb'));
});

test('compose: Prometheus and Grafana find the files that they name', (t) => {
  const inside = new Map<string, string>();
  for (const { volumes = [] } of Object.values(services)) {
    for (const volume of volumes) {
      const [from, to] = volume.split(':') as [string, string];
      t.true(existsSync(join(COMPOSE, from)), from);
      inside.set(to, resolve(COMPOSE, from));
    }
  }
  const { rule_files, scrape_configs } = yaml(`${COMPOSE}/prometheus.yml`) as {
    rule_files: string[];
    scrape_configs: { static_configs: { targets: string[] }[] }[];
  };
  for (const file of rule_files) t.true(inside.has(`/etc/prometheus/${file}`), file);
  t.deepEqual(scrape_configs[0]!.static_configs[0]!.targets, ['shop:9464']);

  const provisioning = inside.get('/etc/grafana/provisioning')!;
  const { datasources } = yaml(`${provisioning}/datasources/prometheus.yml`) as {
    datasources: { url: string }[];
  };
  t.true(new URL(datasources[0]!.url).hostname in services);
  const { providers } = yaml(`${provisioning}/dashboards/mpmetrics.yml`) as {
    providers: { options: { path: string } }[];
  };
  t.is(inside.get(providers[0]!.options.path), resolve('examples/grafana'));
});

for (const [file, { metadata, spec }] of Object.entries(pods)) {
  test(`${file}: the volume of shared memory fits its containers`, (t) => {
    const [volume] = spec.volumes;
    t.is(volume!.emptyDir.medium, 'Memory');
    for (const { name, volumeMounts, resources } of spec.containers) {
      t.deepEqual(volumeMounts, [{ name: volume!.name, mountPath: '/dev/shm' }], name);
      // The sidecar only reads: its container pays for no page that the application has written.
      if (name === 'shop')
        t.true(bytesOf(volume!.emptyDir.sizeLimit) * 2 < bytesOf(resources.limits.memory));
    }
  });

  test(`${file}: ports, probes, labels and users agree`, (t) => {
    const ports = spec.containers.flatMap((container) => container.ports ?? []);
    t.deepEqual(
      ports.map(({ name, containerPort }) => `${name} ${containerPort}`),
      ['http 8080', 'metrics 9464'],
    );
    t.is(metadata.annotations['prometheus.io/port'], '9464');
    t.is(metadata.annotations['prometheus.io/path'], '/metrics');
    const [shop] = spec.containers;
    t.deepEqual(shop!.command, command);
    for (const { httpGet } of [shop!.readinessProbe, shop!.livenessProbe].filter(
      (probe) => probe !== undefined,
    )) {
      t.true(script.includes(`app.get('${httpGet.path}'`));
      t.true(shop!.ports!.some(({ name }) => name === httpGet.port));
    }
    const { runAsUser, runAsGroup, fsGroup } = spec.securityContext;
    t.deepEqual([runAsUser, runAsGroup, fsGroup], [1000, 1000, 1000]);
  });
}

test('shop.yaml: the deployment selects its pods', (t) => {
  t.deepEqual(
    { ...deployment!.spec.selector.matchLabels },
    { ...pods['shop.yaml'].metadata.labels },
  );
});

onLinux('the shop answers, and ends at SIGTERM', async (t) => {
  const port = await freePort();
  const shop = start(t, shopFolder(t), command, { PORT: String(port), MPMETRICS_PORT: 'none' });
  await answer(`http://127.0.0.1:${port}/health`);
  const item = await answer(`http://127.0.0.1:${port}/items/tea`);
  t.deepEqual(JSON.parse(item), { item: 'tea', pieces: 7 });
  shop.kill('SIGTERM');
  t.deepEqual(await once(shop, 'exit'), [0, null]);
  await t.throwsAsync(fetch(`http://127.0.0.1:${port}/health`));
});

onLinux('sidecar.yaml: the sidecar serves the page of the other container', async (t) => {
  const folder = shopFolder(t);
  const [port, metricsPort] = [await freePort(), await freePort()];
  const [shop, sidecar] = pods['sidecar.yaml'].spec.containers as [Container, Container];
  const heap = `deployment-${process.pid}`;
  const environment = Object.fromEntries(shop.env!.map(({ name, value }) => [name, value]));
  t.is(environment['MPMETRICS_NAME'], sidecar.command[2]);
  t.is(sidecar.command[0], 'node_modules/.bin/mpmetrics');

  const [, ...words] = sidecar.command;
  const own = words.map(
    (word) => ({ [environment['MPMETRICS_NAME']!]: heap, 9464: String(metricsPort) })[word] ?? word,
  );
  start(t, folder, ['node', 'node_modules/mpmetrics/dist/src/cli/cli.js', ...own], {});
  start(t, folder, shop.command, { ...environment, MPMETRICS_NAME: heap, PORT: String(port) });
  await answer(`http://127.0.0.1:${port}/items/tea`);
  const samples = samplesIn(await answer(`http://127.0.0.1:${metricsPort}/metrics`));
  const live = samples.find(
    ({ name, labels }) => name === 'mpmetrics_writers' && labels['state'] === 'live',
  );
  t.is(live?.value, 5);
  const routes = samples.filter(
    ({ name }) => name === 'http_server_request_duration_seconds_count',
  );
  t.true(routes.some(({ labels }) => labels['http_route'] === '/items/:item'));
});

/** The shop with its framework. */
function shopFolder(t: ExecutionContext): string {
  const { folder } = new LinkedProject(t, { 'shop.mjs': script });
  mkdirSync(join(folder, 'node_modules'), { recursive: true });
  const express = realpathSync(join(frameworks, 'node_modules/express'));
  symlinkSync(express, join(folder, 'node_modules/express'), 'junction');
  return folder;
}

/** Starts a command of a container. It ends with the test. */
function start(
  t: ExecutionContext,
  cwd: string,
  [program, ...args]: string[],
  environment: Record<string, string>,
): ChildProcess {
  t.is(program, 'node');
  const child = spawn(process.execPath, args, {
    cwd,
    env: { ...neutral(), NODE_ENV: 'test', ...environment },
    stdio: 'ignore',
    detached: true,
  });
  t.teardown(() => endGroup(child.pid as number));
  return child;
}

/** The text of a page, as soon as there is one. */
async function answer(url: string): Promise<string> {
  for (;;) {
    const response = await fetch(url).catch(() => undefined);
    if (response?.ok) return response.text();
    await sleep(50);
  }
}

/** `128mb`, `128Mi` in bytes. */
function bytesOf(size: string): number {
  const [, number, unit] = /^(\d+)(mb|Mi)$/.exec(size)!;
  return Number(number) * 2 ** ({ mb: 20, Mi: 20 }[unit!] as number);
}

function yaml(path: string): unknown {
  const text = readFileSync(path, 'utf8');
  return path.endsWith('.json') ? JSON.parse(text) : load(text);
}
