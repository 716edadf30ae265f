// Enums, as users meet them.

import test from 'ava';
import { Enum, MpmetricsError, Registry, type EnumConfiguration } from '../index';
import { valuesOf } from './support/metrics';

const states = ['starting', 'running', 'stopped'] as const;
type State = (typeof states)[number];

function machine<T extends string>(
  given: Partial<EnumConfiguration<T, State>> = {},
): Enum<T, State> {
  return new Enum<T, State>({
    name: 'task',
    help: 'A task',
    states,
    registers: [new Registry()],
    ...given,
  });
}

/** The state of each series that has one. */
async function stateOf(metric: Enum): Promise<unknown[]> {
  const values = await valuesOf(metric as never);
  return values.filter(({ value }) => value === 1).map(({ labels }) => labels['task']);
}

test('an enum begins in its first state, and has one state at a time', async (t) => {
  const registry = new Registry();
  const metric = machine({ registers: [registry] });
  t.deepEqual(metric.states, states);
  const head = '# HELP task A task\n# TYPE task gauge\n';
  t.is(
    await registry.metrics(),
    `${head}task{task="starting"} 1\ntask{task="running"} 0\ntask{task="stopped"} 0\n`,
  );
  metric.state('stopped');
  metric.state('running');
  t.is(
    await registry.metrics(),
    `${head}task{task="starting"} 0\ntask{task="running"} 1\ntask{task="stopped"} 0\n`,
  );
  t.deepEqual(await metric.get(), {
    help: 'A task',
    name: 'task',
    type: 'gauge',
    values: [
      { value: 0, labels: { task: 'starting' } },
      { value: 1, labels: { task: 'running' } },
      { value: 0, labels: { task: 'stopped' } },
    ],
    aggregator: 'first',
  } as never);
  registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE as never);
  t.true((await registry.metrics()).startsWith('# HELP task A task\n# TYPE task stateset\ntask{'));
});

test('each label set has its own state, for every form of arguments', async (t) => {
  const metric = machine({ labelNames: ['job', 'host'] });
  t.deepEqual(await valuesOf(metric), []);
  metric.state({ job: 'a', host: 1 }, 'running');
  metric.labels('b', '2').state('stopped');
  const { state } = metric.labels({ job: 'c', host: 3 });
  state('running');
  state('starting');
  t.deepEqual(await stateOf(metric), ['running', 'stopped', 'starting']);
  metric.remove('b', '2');
  t.deepEqual(await stateOf(metric), ['running', 'starting']);
  t.deepEqual((await valuesOf(metric))[0]?.labels, { job: 'a', host: 1, task: 'starting' });
  metric.reset();
  t.deepEqual(await valuesOf(metric), []);
  state('running');
  t.deepEqual(await stateOf(metric), ['running']);
});

test('reset() goes back to the first state', async (t) => {
  const metric = machine();
  metric.state('stopped');
  metric.reset();
  t.deepEqual(await stateOf(metric), ['starting']);
});

test('an undeclared state is a typed error, at compile time and at run time', (t) => {
  const metric = machine({ labelNames: ['job'] });
  const error = t.throws(
    () => {
      // @ts-expect-error -- not one of the states
      metric.state('sleeping');
    },
    { instanceOf: MpmetricsError, code: 'MPMETRICS_UNKNOWN_STATE' },
  );
  t.is(error?.message, "'sleeping' is not a state of task, which has: starting, running, stopped.");
  for (const given of [undefined, null, 1, {}]) {
    t.throws(() => metric.state(given as never), { code: 'MPMETRICS_UNKNOWN_STATE' });
  }
  t.throws(() => metric.state({ other: 'x' } as never, 'running'), { message: /^Added label/ });
  const inferred = new Enum({ name: 'x', help: 'h', states: ['a', 'b'], registers: [] });
  inferred.state('b');
  // @ts-expect-error -- the states are inferred
  t.throws(() => inferred.state('c'));
});

test('invalid options are refused', (t) => {
  for (const wrong of [undefined, [], ['a', 'a'], [1, 2], 'states'] as never[]) {
    t.throws(() => new Enum({ name: 'x', help: 'h', states: wrong, registers: [] }), {
      instanceOf: TypeError,
      code: 'MPMETRICS_BAD_ARGUMENT',
    });
  }
  t.throws(() => machine({ labelNames: ['task'] }), {
    message: 'task is a reserved label keyword',
  });
  // The name of the enum is also the name of a label.
  t.throws(() => machine({ name: 'a:task' }), {
    message: 'Invalid metric name: an enum has a label of its name',
    code: 'MPMETRICS_INVALID_NAME',
  });
});

test('the state stays when default labels change, and when the enum changes registries', async (t) => {
  const registry = new Registry();
  const metric = machine({ registers: [] });
  metric.state('running');
  t.deepEqual(await stateOf(metric as never), ['running']);
  registry.registerMetric(metric as never);
  registry.setDefaultLabels({ app: 'shop' });
  t.true((await registry.metrics()).includes('\ntask{app="shop",task="running"} 1\n'));
  t.deepEqual(await stateOf(metric as never), ['running']);
  registry.clear();
  t.deepEqual(await stateOf(metric as never), ['running']);
});

test('getOrCreate() refuses other states', (t) => {
  const options = { name: 'once', help: 'Once', states: ['a', 'b'], registers: [new Registry()] };
  t.is(Enum.getOrCreate(options), Enum.getOrCreate({ ...options, help: 'Twice' }) as never);
  t.throws(() => Enum.getOrCreate({ ...options, states: ['a'] }), {
    message: 'A metric with the name once has already been registered with other states.',
  });
});
