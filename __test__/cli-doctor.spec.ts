// The doctor where all is well, and where something is not. Some findings need a small shared memory, which a namespace has.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync, writeFileSync } from 'node:fs';
import { cli, outcomeOf, program, Shop } from './cli/support';
import { asRoot, onLinux, withNamespaces } from './support/systems';

const NOBODY = 65_534;

interface Finding {
  level: string;
  subject: string;
  fact: string;
  advice?: string;
}

/** The findings of the doctor about a subject, and the exit code. */
async function findings(
  subject: string,
  environment = {},
): Promise<{ code: number | null; found: Finding[] }> {
  const { code, out } = await cli(['doctor', '--json'], environment);
  const { findings: all } = JSON.parse(out) as { findings: Finding[] };
  return { code, found: all.filter((finding) => finding.subject === subject) };
}

onLinux.serial('where all is well it says who shares what, and why', async (t) => {
  const shop = await Shop.start(t);
  const { found } = await findings(shop.name);
  t.is(found.length, 1);
  t.is(found[0]?.level, 'ok');
  t.regex(
    found[0]?.fact ?? '',
    /^4 processes share it, since MPMETRICS_NAME names it: \d+ \(node shop\.cjs 4\), /,
  );
  const memory = await findings('shared memory');
  t.regex(memory.found[0]?.fact ?? '', /(are free in \/dev\/shm|no limit)/);
  const { out } = await cli(['doctor']);
  t.regex(out, new RegExp(`^✓ ${shop.name}: 4 processes share it`, 'm'));
});

onLinux.serial('blocked event loops are named', async (t) => {
  const shop = await Shop.start(t, { workers: 2 });
  await shop.block();
  const { found } = await findings(shop.name);
  const blocked = found.find(({ fact }) => fact.startsWith('2 event loops of 2 did not turn'));
  for (const pid of shop.workers) t.true(blocked?.fact.includes(String(pid)));
});

onLinux.serial(
  'a process with a private heap is named, with the variable that makes it so',
  async (t) => {
    const shop = await Shop.start(t, { workers: 1, environment: { MPMETRICS: 'private' } });
    const { found } = await findings('not shared');
    const mine = found.find(({ fact }) => fact.includes(`${shop.workers[0]} (`));
    t.regex(mine?.fact ?? '', /MPMETRICS=private is in its environment/);
    t.is(mine?.advice, 'remove the variable, and restart it');
  },
);

onLinux.serial('two versions under one name are a fault', async (t) => {
  const shop = await Shop.start(t, { workers: 1 });
  const { out } = await cli(['ls', '--json']);
  const { key } = (JSON.parse(out) as { name: string; key: string }[]).find(
    ({ name }) => name === shop.name,
  )!;
  // A gate and a locked lease are all that versions know of each other.
  const [lease, gate] = ['w0', 'gate'].map((end) => `/dev/shm/mpm.00${key}.${end}`) as [
    string,
    string,
  ];
  writeFileSync(lease, '', { mode: 0o600 });
  const holder = spawn('flock', [lease, 'sh', '-c', 'echo locked; exec sleep 600'], {
    detached: true,
  });
  t.teardown(() => {
    process.kill(-(holder.pid as number), 'SIGKILL');
    for (const file of [lease, gate]) rmSync(file, { force: true });
  });
  await once(holder.stdout, 'data');
  writeFileSync(gate, '', { mode: 0o600 });
  const { code, found } = await findings(shop.name);
  t.is(code, 1);
  const fault = found.find(({ level }) => level === 'fault');
  t.regex(
    fault?.fact ?? '',
    /^two versions of mpmetrics have a heap of this name \(layouts 0 and \d+\)/,
  );
  t.regex(fault?.advice ?? '', /npm ls mpmetrics/);
});

asRoot.serial('the heaps of another user are counted, and not read', async (t) => {
  const shop = await Shop.start(t, { workers: 1 });
  const asNobody = async (...args: string[]) =>
    outcomeOf([process.execPath, program, ...args], { uid: NOBODY });
  const { out } = await asNobody('doctor');
  t.regex(
    out.replaceAll(/\s+/g, ' '),
    /! other users: \d+ heaps? of user root, whose processes share nothing with those of this user/,
  );
  t.regex(out, /run mpmetrics ls as root/);
  t.false((await asNobody('ls')).out.includes(shop.name));
  const refused = await asNobody('show', shop.name);
  t.is(refused.code, 1);
  t.regex(refused.errors, /There is no heap named .* No application of this user shares one/);
});

/** Runs a script where `/dev/shm` is a memory of that size. */
async function inMemory(size: string, script: string): Promise<string> {
  const mount = `mount -t tmpfs -o size=${size} tmpfs /dev/shm`;
  const { out, errors } = await outcomeOf(['unshare', '-rm', 'sh', '-c', `${mount} && ${script}`]);
  return out + errors;
}

withNamespaces.serial('a full memory is a fault, with advice for the place', async (t) => {
  const doctor = `"${process.execPath}" "${program}" doctor`;
  const well = await inMemory('8m', `${doctor}; echo "code $?"`);
  t.regex(well, /✓ shared memory: 8 MiB of 8 MiB are free in \/dev\/shm/);
  t.regex(well, /! heaps: no application of this user shares a heap now/);
  t.regex(well, /code 0/);
  const full = await inMemory(
    '8m',
    `head -c 8m /dev/zero > /dev/shm/filler; ${doctor}; echo "code $?"`,
  );
  t.regex(full, /✗ shared memory: 0 B of 8 MiB are free in \/dev\/shm: new series are dropped/);
  t.regex(full.replaceAll(/\s+/g, ' '), /(mount -o remount,size=64M \/dev\/shm|--shm-size=256m)/);
  t.regex(full, /code 1/);
  const none = await inMemory(
    '8m',
    `umount /dev/shm; mount -t tmpfs -o mode=755,size=1m tmpfs /dev && ${doctor}; true`,
  );
  t.regex(none, /✗ shared memory: there is no \/dev\/shm/);
});

withNamespaces.serial(
  'series that were dropped for want of memory are a fault of their heap',
  async (t) => {
    const grow = `
    const { Counter, open } = require('${process.cwd()}/dist/index.js');
    const heap = open({ name: 'grown' });
    process.on('warning', () => undefined);
    const labelNames = ['n'];
    const big = new Counter({ name: 'big_total', help: 'H', labelNames, registers: [heap.register] });
    for (let n = 0; n < 60000; n += 1) big.inc({ n });
    console.log('grown');
    setTimeout(() => process.exit(), 60000);`;
    const script = `"${process.execPath}" --no-warnings -e "${grow.replaceAll(/\s*\n\s*/g, ' ')}" > /tmp/mpmetrics-grown-$$ &
    app=$!; until grep -q grown /tmp/mpmetrics-grown-$$; do sleep 0.05; done; rm /tmp/mpmetrics-grown-$$;
    "${process.execPath}" "${program}" doctor; kill $app; wait`;
    const found = (await inMemory('4m', script)).replaceAll(/\s+/g, ' ');
    t.regex(found, /✗ grown: [\d,]+ series were dropped, since memory was full/);
  },
);

onLinux.serial(
  'series beyond a limit are a fault that names the settings of both limits',
  async (t) => {
    const { name } = await Shop.start(t, {
      workers: 1,
      environment: { MPMETRICS_MAX_SERIES: '2' },
    });
    const { code, found } = await findings(name);
    t.is(code, 1);
    const fault = found.find(({ fact }) =>
      /dropped, since their metric, or all metrics/.test(fact),
    );
    t.regex(fault?.advice ?? '', /MPMETRICS_SERIES_LIMIT, or MPMETRICS_MAX_SERIES/);
  },
);

onLinux.serial('a heap that a killed application has left is named', async (t) => {
  // Another spec may remove all kept heaps of the user meanwhile.
  for (let tries = 1; ; tries += 1) {
    const shop = await Shop.start(t, { workers: 1, environment: { MPMETRICS_KEEP: '60' } });
    await shop.kill();
    const { found } = await findings('kept');
    const mine = found.find(({ fact }) => fact.startsWith(`${shop.name} ended, and is kept for `));
    if (mine === undefined && tries < 5) continue;
    t.regex(mine?.advice ?? '', new RegExp(`mpmetrics show ${shop.name}`));
    return;
  }
});
