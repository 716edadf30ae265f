// Infos, enums and exemplars show the last value of any process, in every set-up.
import test from 'ava';
import { application, type Actor, type Kind } from './support/actors';

const SET_UPS: [Kind, Kind, Kind][] = [
  ['threads', 'threads', 'threads'],
  ['fork', 'fork', 'fork'],
  ['cluster', 'cluster', 'cluster'],
  ['spawn', 'threads', 'cluster'],
];

/** Declares the metrics. */
async function declare(actor: Actor): Promise<void> {
  await actor.run((client, kept) => {
    const contentType = client.Registry.OPENMETRICS_CONTENT_TYPE;
    const registry = new client.Registry({ name: 'latest', contentType });
    const common = { help: 'H', registers: [registry] };
    const traced = { ...common, enableExemplars: true };
    kept.registry = registry;
    kept.info = new client.Info({ name: 'build', ...common });
    kept.zone = new client.Info({ name: 'zone', labelNames: ['host'], ...common });
    kept.state = new client.Enum({ name: 'task', states: ['starting', 'up', 'down'], ...common });
    kept.count = new client.Counter({ name: 'c', labelNames: ['x'], ...traced });
    kept.observe = new client.Histogram({ name: 'h', buckets: [1, 2], ...traced });
  });
}

async function textSeenBy(actor: Actor): Promise<string> {
  return actor.run((_, { registry }) => registry.metrics());
}

/** The lines of a text with that beginning. */
function lines(text: string, beginning: string): string[] {
  return text.split('\n').filter((line) => line.startsWith(beginning));
}

/** A line without the time of its exemplar. */
function timeless(line: string): string {
  return line.replace(/ [\d.]+$/, '');
}

for (const kinds of SET_UPS) {
  test.serial(`the last value counts: ${kinds.join(', ')}`, async (t) => {
    const actors = application(t, ...kinds);
    await Promise.all(actors.map(declare));
    const first = actors[0] as Actor;
    t.deepEqual(lines(await textSeenBy(first), 'task{'), [
      'task{task="starting"} 1',
      'task{task="up"} 0',
      'task{task="down"} 0',
    ]);
    for (const [index, actor] of actors.entries()) {
      await actor.run((_, { info, zone, state, count, observe }, who) => {
        info.info({ version: who, commit: `c"${who}` });
        zone.info({ host: who }, { name: `zone ${who}` });
        zone.info({ host: 'all' }, { name: `zone ${who}` });
        state.state(who === 1 ? 'up' : 'down');
        count.inc({ labels: { x: 'a' }, exemplarLabels: { trace_id: `trace ${who}` } });
        observe.observe({ value: 0.5, exemplarLabels: { trace_id: `low ${who}` } });
        observe.observe({ value: who, exemplarLabels: { trace_id: `own ${who}` } });
      }, index + 1);
      const who = index + 1;
      for (const reader of actors) {
        const text = await textSeenBy(reader);
        t.deepEqual(lines(text, 'build_info'), [
          `build_info{version="${who}",commit="c\\"${who}"} 1`,
        ]);
        t.is(lines(text, 'zone_info').length, who + 1);
        t.true(text.includes(`zone_info{host="all",name="zone ${who}"} 1\n`));
        t.deepEqual(lines(text, 'task{').slice(1), [
          `task{task="up"} ${who === 1 ? 1 : 0}`,
          `task{task="down"} ${who === 1 ? 0 : 1}`,
        ]);
        t.deepEqual(lines(text, 'c_total').map(timeless), [
          `c_total{x="a"} ${who} # {trace_id="trace ${who}"} 1`,
        ]);
      }
    }
    // The values outlive the process that set them.
    await actors[2]?.kill();
    const text = await textSeenBy(first);
    t.deepEqual(lines(text, 'build_info'), ['build_info{version="3",commit="c\\"3"} 1']);
    t.true(text.includes('task{task="down"} 1\n'));
    t.deepEqual(lines(text, 'h_bucket').map(timeless), [
      'h_bucket{le="1"} 4 # {trace_id="low 3"} 0.5',
      'h_bucket{le="2"} 5 # {trace_id="own 2"} 2',
      'h_bucket{le="+Inf"} 6 # {trace_id="own 3"} 3',
    ]);
    const data = await first.run(async (_, { count, state, info }) => [
      (await count.get()).values[0].exemplar.labelSet,
      (await state.get()).values.map(({ value }: { value: number }) => value),
      (await info.get()).values[0].labels,
    ]);
    t.deepEqual(data, [{ trace_id: 'trace 3' }, [0, 0, 1], { version: '3', commit: 'c"3' }]);
    // Another process removes all of them.
    await actors[1]?.run((_, { info, zone, state }) => {
      info.reset();
      zone.remove('all');
      state.reset();
    });
    const rest = await textSeenBy(first);
    t.deepEqual(lines(rest, 'build_info'), []);
    t.is(lines(rest, 'zone_info').length, 3);
    t.true(rest.includes('task{task="starting"} 1\n'));
    t.true(rest.endsWith('# EOF\n'));
    for (const actor of actors.slice(0, 2)) {
      t.deepEqual(await actor.run((_, { warnings }) => warnings), []);
    }
  });
}

test.serial('writers that set values at the same time leave one of them', async (t) => {
  const actors = application(t, 'fork', 'threads', 'cluster');
  await Promise.all(actors.map(declare));
  await Promise.all(
    actors.map(async (actor, index) =>
      actor.run((_, { info, state, count }, who) => {
        for (let round = 0; round < 500; round += 1) {
          info.info({ who, round });
          state.state(['starting', 'up', 'down'][round % 3]);
          const exemplarLabels = { who, round, filling: 'x'.repeat(100) };
          count.inc({ labels: { x: 'b' }, exemplarLabels });
        }
      }, index),
    ),
  );
  for (const actor of actors) {
    const text = await textSeenBy(actor);
    t.regex(lines(text, 'build_info').join('|'), /^build_info\{who="[0-2]",round="499"\} 1$/);
    t.is(lines(text, 'task{').filter((line) => line.endsWith(' 1')).length, 1);
    t.regex(
      lines(text, 'c_total').join('|'),
      /^c_total\{x="b"\} 1500 # \{who="[0-2]",round="499",filling="x{100}"\} 1 [\d.]+$/,
    );
  }
});

test.serial('a shared value moves along, unless another process has set one there', async (t) => {
  const [late, early] = application(t, 'fork', 'threads') as [Actor, Actor];
  for (const actor of [late, early]) {
    await actor.run((client, kept) => {
      kept.registry = new client.Registry({ name: 'moving' });
      const common = { help: 'H', registers: [kept.registry] };
      kept.gauges = ['declared', 'set', 'added'].map(
        (name) => new client.Gauge({ name, aggregator: 'shared', ...common }),
      );
      kept.state = new client.Enum({ name: 'state', states: ['off', 'on'], ...common });
    });
  }
  await late.run((_, { gauges: [declared, set, added], state }) => {
    declared.set(5);
    set.set(5);
    added.inc(3);
    state.state('on');
  });
  await early.run((_, { registry, gauges: [, set, added] }) => {
    added.inc(4);
    registry.setDefaultLabels({ app: 'x' });
    set.set(9);
  });
  await late.run((_, { registry }) => registry.setDefaultLabels({ app: 'x' }));
  const wanted = [
    'declared{app="x"} 5',
    'set{app="x"} 9',
    'added{app="x"} 7',
    'state{app="x",state="off"} 0',
    'state{app="x",state="on"} 1',
  ];
  // A moment later the process finds out that others have only declared it.
  for (let tries = 0; tries < 100; tries += 1) {
    if (lines(await textSeenBy(early), 'declared').join() === wanted[0]) break;
  }
  const text = await textSeenBy(early);
  t.deepEqual(
    text.split('\n').filter((line) => line !== '' && !line.startsWith('#')),
    wanted,
  );
});
