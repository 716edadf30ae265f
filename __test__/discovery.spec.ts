// The choice of the heap and its reason, as a function of the environment of a process.

import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { applicationOf, isSameApplication } from '../src/discovery/application';
import { decide } from '../src/discovery/decide';
import { digest, freshId } from '../src/discovery/digest';
import {
  testRunnerOf,
  type Identity,
  type ProcessEnvironment,
} from '../src/discovery/process-environment';
import { readToken, writeToken, type Token } from '../src/discovery/token';
import { isHeapName } from '../src/heap/heap-name';

const APPLICATION = { name: '@acme/shop', root: '/srv/shop', path: '/srv/shop' };
const OTHER = { name: 'runner', root: '/srv/runner', path: '/srv/runner' };
const TOKEN: Token = {
  name: 'shop-1',
  id: '0'.repeat(32),
  layout: 7,
  application: APPLICATION,
  sharedMemory: '25:1',
  user: 1000,
};

/** Identities of the processes: process 100 has started 200 and 201. */
function identity(pid = 200): Identity {
  const parent = pid >= 200 ? 100 : 1;
  return { uid: 1000, pid, parent, pidNamespace: '4026531836', startTime: pid * 10 };
}

function processEnvironment(changes: Partial<ProcessEnvironment> = {}): ProcessEnvironment {
  return {
    environment: {},
    processToken: null,
    layout: 7,
    application: APPLICATION,
    isForked: false,
    isClusterWorker: false,
    sharedMemory: '25:1',
    testRunner: undefined,
    identity,
    freshId: () => 'f'.repeat(32),
    ...changes,
  };
}

/** The environment of another process than 200. */
function of(pid: number, changes: Partial<ProcessEnvironment> = {}): ProcessEnvironment {
  return processEnvironment({ identity: (asked = pid) => identity(asked), ...changes });
}

test('MPMETRICS_NAME has precedence over the process and its parent', (t) => {
  const decision = decide(
    processEnvironment({
      environment: { MPMETRICS_NAME: 'billing', MPMETRICS_TOKEN: writeToken(TOKEN) },
      processToken: writeToken(TOKEN),
      testRunner: 'Jest',
    }),
  );
  t.is(decision.name, 'billing');
  t.is(decision.id, undefined);
  t.falsy(decision.isInherited);
});

for (const name of ['', '../etc', 'a/b', '.hidden', '..', 'ä', 'x'.repeat(65), 'a\0b', 'a b']) {
  test(`not a valid name for a heap: ${JSON.stringify(name)}`, (t) => {
    t.false(isHeapName(name));
    // Empty is the same as not set.
    if (name === '') return;
    t.throws(() => decide(processEnvironment({ environment: { MPMETRICS_NAME: name } })), {
      code: 'MPMETRICS_INVALID_NAME',
      message: /^The environment variable MPMETRICS_NAME is .*Use 1 to 64 of/s,
    });
  });
}

test('valid names for a heap', (t) => {
  for (const name of ['a', 'orders-2026', 'A_b.c', '-x', 'x'.repeat(64)]) t.true(isHeapName(name));
});

test('the process has precedence over the environment', (t) => {
  const own: Token = { ...TOKEN, name: 'own' };
  const decision = decide(
    processEnvironment({
      environment: { MPMETRICS_TOKEN: writeToken(TOKEN) },
      processToken: writeToken(own),
    }),
  );
  t.is(decision.name, 'own');
  t.is(decision.token, writeToken(own));
});

test('the inherited heap is joined, or created again with its id', (t) => {
  const environment = { MPMETRICS_TOKEN: writeToken(TOKEN) };
  const { name, id, token, why } = decide(processEnvironment({ environment }));
  t.deepEqual({ name, id, token }, { name: 'shop-1', id: TOKEN.id, token: writeToken(TOKEN) });
  t.is(why, 'inherited with the environment');
});

test('another application has its own heap, unless it requests the inherited one', (t) => {
  const inherited = writeToken({ ...TOKEN, application: OTHER });
  const apart = decide(processEnvironment({ environment: { MPMETRICS_TOKEN: inherited } }));
  t.not(apart.name, 'shop-1');
  t.regex(apart.why, /belongs to runner \(\/srv\/runner\); MPMETRICS=inherit/);
  t.deepEqual(apart.warnings, []);
  t.deepEqual(readToken(apart.token ?? '')?.application, APPLICATION);
  const environment = { MPMETRICS_TOKEN: inherited, MPMETRICS: 'inherit' };
  t.is(decide(processEnvironment({ environment })).name, 'shop-1');
});

test('a cluster worker in another package belongs to its primary', (t) => {
  const decided = (teller: number) => {
    const token = writeToken({ ...TOKEN, application: OTHER, teller });
    const environment = { MPMETRICS_TOKEN: token };
    return decide(processEnvironment({ environment, isClusterWorker: true }));
  };
  t.is(decided(100).name, 'shop-1');
  // Its primary has inherited the token, and knows nothing of it.
  t.not(decided(99).name, 'shop-1');
});

test('another user: a heap of its own and a warning, in a cluster worker too', (t) => {
  const environment = { MPMETRICS_TOKEN: writeToken({ ...TOKEN, user: 0 }) };
  const { name, why, warnings } = decide(
    processEnvironment({ environment, isClusterWorker: true }),
  );
  t.not(name, 'shop-1');
  t.regex(why, /what it inherited is the heap of user 0/);
  t.regex(warnings.join(), /acts as another user \(0, here 1000\), so their metrics are apart/);
});

test('another /dev/shm: a heap of its own and a warning, even if the heap was requested', (t) => {
  const inherited = writeToken({ ...TOKEN, sharedMemory: '31:1' });
  const environment = { MPMETRICS_TOKEN: inherited, MPMETRICS: 'inherit' };
  const { name, id, why, warnings } = decide(
    processEnvironment({ environment, isClusterWorker: true }),
  );
  t.not(name, 'shop-1');
  t.not(id, TOKEN.id);
  t.regex(why, /in another \/dev\/shm$/);
  t.regex(warnings.join(), /has another \/dev\/shm, so their metrics are apart/);
  // Nor do its relatives there get the same name or id by other ways.
  const [here, there] = ['25:1', '31:1'].map((sharedMemory) =>
    decide(of(200, { isForked: true, sharedMemory })),
  );
  t.not(here?.name, there?.name);
  t.not(here?.id, there?.id);
});

test('another release of the application with the same path is the same application', (t) => {
  const path = '/srv/current';
  const one = { name: 'shop', root: '/srv/releases/1', path };
  const two = { name: 'shop', root: '/srv/releases/2', path };
  const environment = { MPMETRICS_TOKEN: writeToken({ ...TOKEN, application: one }) };
  t.is(decide(processEnvironment({ environment, application: two })).name, 'shop-1');
  t.false(isSameApplication(one, { ...two, path: '/srv/releases/2' }));
});

test('another layout: a heap of its own and a warning, even if the heap was requested', (t) => {
  const inherited = writeToken({ ...TOKEN, layout: 6 });
  const environment = { MPMETRICS_TOKEN: inherited, MPMETRICS: 'inherit' };
  const { name, warnings } = decide(processEnvironment({ environment }));
  t.not(name, 'shop-1');
  t.is(warnings.length, 1);
  t.regex(warnings[0] ?? '', /\(6, here 7\)/);
});

test('heaps of different layouts never have the same name', (t) => {
  t.not(decide(of(100)).name, decide(of(100, { layout: 8 })).name);
});

const GARBAGE = [
  'x',
  '{',
  'null',
  '5',
  '[]',
  '{}',
  writeToken({ ...TOKEN, name: '../x' }),
  writeToken({ ...TOKEN, id: 'short' }),
  writeToken({ ...TOKEN, layout: 1.5 }),
  writeToken(TOKEN).replace('"root"', '"boot"'),
  JSON.stringify({ ...TOKEN, application: null }),
  writeToken({ ...TOKEN, name: undefined }),
  ' '.repeat(20_000) + writeToken(TOKEN),
];
for (const [index, text] of GARBAGE.entries()) {
  test(`garbage ${index} as a token: a warning and a heap of its own`, (t) => {
    const { name, warnings } = decide(
      processEnvironment({ environment: { MPMETRICS_TOKEN: text } }),
    );
    t.is(name, decide(processEnvironment()).name);
    t.is(warnings.length, 1);
    t.regex(warnings[0] ?? '', /MPMETRICS_TOKEN holds no token/);
  });
}

test('processes forked by one parent share a heap with it, and with no other process', (t) => {
  const forked = { isForked: true };
  const worker = decide(of(200, forked));
  t.like(decide(of(201, forked)), { name: worker.name, id: worker.id });
  t.like(decide(of(100)), { name: worker.name, id: worker.id });
  t.not(decide(of(200)).name, worker.name);
  t.not(decide(of(200, { ...forked, application: OTHER })).name, worker.name);
  t.regex(worker.name ?? '', /^acme-shop-[0-9a-f]{16}$/);
  t.regex(worker.id ?? '', /^[0-9a-f]{32}$/);
  t.is(worker.why, 'shared by what process 100 forks');
});

test('a process with a reused pid is another process', (t) => {
  const again = of(100, { identity: () => ({ ...identity(100), startTime: 5 }) });
  t.not(decide(again).name, decide(of(100)).name);
});

test('processes with one pid in two containers, or of two users, have separate heaps', (t) => {
  const changed = (change: Partial<Identity>) =>
    decide(of(100, { identity: () => ({ ...identity(100), ...change }) })).name;
  const names = [changed({}), changed({ pidNamespace: '7' }), changed({ uid: 0 })];
  t.is(new Set(names).size, 3);
});

test('a parent in another namespace is invisible, so the process names its own heap', (t) => {
  const orphan = of(200, { isForked: true, identity: () => ({ ...identity(200), parent: 0 }) });
  t.is(decide(orphan).why, 'named by process 200');
});

test('pm2: processes of an application share a heap by home and name, whoever started them', (t) => {
  const pm2 = { pm_id: '0', name: 'web', PM2_HOME: '/home/me/.pm2' };
  const one = decide(of(200, { environment: pm2, isForked: true }));
  const two = decide(of(300, { environment: { ...pm2, pm_id: '1' } }));
  t.like(two, { name: one.name, id: one.id });
  t.not(decide(of(201, { environment: { ...pm2, name: 'jobs' } })).name, one.name);
  t.not(decide(of(201, { environment: { ...pm2, PM2_HOME: '/x' } })).name, one.name);
});

test('test runners: private, unless named', (t) => {
  for (const [runner, environment] of [
    ['Jest', { JEST_WORKER_ID: '1', NODE_ENV: 'test' }],
    ['Vitest', { VITEST: 'true' }],
    ['node --test', { NODE_TEST_CONTEXT: 'child-v8' }],
    [undefined, { JEST_WORKER_ID: '1', NODE_ENV: 'production' }],
    [undefined, {}],
  ] as const) {
    t.is(testRunnerOf(environment), runner);
  }
  const processToken = writeToken(TOKEN);
  const decision = decide(processEnvironment({ testRunner: 'Jest', processToken }));
  t.deepEqual(decision, {
    id: 'f'.repeat(32),
    why: 'private, as every test file under Jest',
    warnings: [],
  });
});

test('MPMETRICS=private: one heap for each process, whatever the environment names', (t) => {
  const environment = {
    MPMETRICS: 'private',
    MPMETRICS_NAME: 'billing',
    MPMETRICS_TOKEN: writeToken(TOKEN),
  };
  const first = decide(processEnvironment({ environment }));
  t.is(first.name, undefined);
  t.falsy(first.isInherited);
  const second = decide(
    processEnvironment({
      environment,
      processToken: first.token ?? null,
      freshId: () => 'e'.repeat(32),
    }),
  );
  t.is(second.id, first.id);
});

test('a single private thread has its own heap', (t) => {
  const environment = { MPMETRICS: 'private' };
  const { name, id, token } = decide(
    processEnvironment({ environment, processToken: writeToken(TOKEN) }),
  );
  t.deepEqual({ name, id, token }, { name: undefined, id: 'f'.repeat(32), token: undefined });
});

test('a thread without an environment shares the private heap of its process', (t) => {
  const token = writeToken({ ...TOKEN, name: undefined });
  const decision = decide(processEnvironment({ processToken: token }));
  t.is(decision.name, undefined);
  t.is(decision.id, TOKEN.id);
  t.falsy(decision.isInherited);
});

test('an unknown value of MPMETRICS is reported and ignored', (t) => {
  const { name, warnings } = decide(processEnvironment({ environment: { MPMETRICS: 'on' } }));
  t.is(name, decide(processEnvironment()).name);
  t.regex(warnings[0] ?? '', /MPMETRICS=on means nothing/);
});

test('any package name becomes a readable heap name', (t) => {
  const named = (name: string) =>
    decide(processEnvironment({ application: { ...OTHER, name } })).name;
  t.regex(named('@scope/äöü') ?? '', /^scope--[0-9a-f]{16}$/);
  t.regex(named('///') ?? '', /^application-[0-9a-f]{16}$/);
  t.true(isHeapName(named('x'.repeat(200))));
});

test('the application is the package of the main script', (t) => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'mpmetrics-')));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const write = (path: string, manifest: object) => {
    mkdirSync(join(folder, path), { recursive: true });
    writeFileSync(join(folder, path, 'package.json'), JSON.stringify(manifest));
    writeFileSync(join(folder, path, 'main.js'), '');
  };
  write('repository', { private: true });
  write('repository/packages/web', { name: '@acme/web' });
  // A package.json that only sets the module type of its folder.
  write('repository/packages/web/dist', { type: 'commonjs' });
  write('repository/node_modules/pool', { name: 'pool' });
  write('lib/node_modules/tool', { name: 'tool' });
  symlinkSync(join(folder, 'repository'), join(folder, 'current'));
  const repository = join(folder, 'repository');
  const web = join(repository, 'packages/web');
  const rootOf = (script: string | undefined, directory = '/') =>
    applicationOf(script === undefined ? undefined : join(folder, script), directory).root;

  t.is(rootOf('repository/packages/web/dist/main.js'), web);
  t.is(rootOf('repository/main.js'), repository);
  t.is(applicationOf(join(web, 'main.js'), '/').name, '@acme/web');
  t.is(applicationOf(join(repository, 'main.js'), '/').name, 'repository');

  // A dependency's script belongs to the application. In a workspace, it belongs to the package of the working
  // directory.
  t.is(rootOf('repository/node_modules/pool/main.js'), repository);
  t.is(rootOf('repository/node_modules/pool/main.js', web), web);
  // A globally installed tool is an application of its own.
  t.is(rootOf('lib/node_modules/tool/main.js'), join(folder, 'lib/node_modules/tool'));

  // Without a script, the working directory decides.
  t.is(rootOf(undefined, web), web);
  t.is(rootOf('[worker eval]', web), web);

  const linked = applicationOf(join(folder, 'current/packages/web/main.js'), '/');
  t.is(linked.root, web);
  t.is(linked.path, join(folder, 'current/packages/web'));
});

test('digests differ, in each of their words', (t) => {
  const seen = new Set<string>();
  for (let key = 0; key < 5000; key += 1) {
    const digits = digest(JSON.stringify([1, 'a', key]), 3);
    t.regex(digits, /^[0-9a-f]{48}$/);
    for (const word of [0, 16, 32]) seen.add(digits.slice(word, word + 16));
  }
  t.is(seen.size, 15_000);
  t.is(digest('', 1), digest('', 1));
});

test('fresh ids are unique', (t) => {
  const ids = new Set(Array.from({ length: 1000 }, freshId));
  t.is(ids.size, 1000);
  for (const id of ids) t.regex(id, /^[0-9a-f]{32}$/);
});
