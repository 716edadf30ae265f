// The same instruments as decorators of both kinds. `npm run build` compiles them separately.

import { createRequire } from 'node:module';
import test from 'ava';
import { countInstrument, timeInstrument } from '../src/instrument/instrument';

type Labels = { route?: string };
type Time = () => ReturnType<typeof timeInstrument<Labels>>;
type Count = () => ReturnType<typeof countInstrument>;

interface Service {
  plain(value: number): number;
  later(value: number): Promise<number>;
  generic<Value>(value: Value): Value[];
  viaHidden?(value: number): number;
  numbers(): Generator<number>;
  laterNumbers?(): AsyncGenerator<number>;
  twice(first: number, second?: number): number;
  fails(): never;
}

interface Fixture {
  decoratedClass(time: Time, count: Count): { new (): Service; make(): Service };
  decoratedGetter(count: Count): unknown;
  inBlock?(time: Time, work: () => void): void;
  routedClass?(time: Time): { prototype: { above: object; below: object } };
}

const require = createRequire(import.meta.url);

function fixture(kind: 'standard' | 'legacy'): Fixture {
  return require(`../build/decorators/${kind}/instrument.js`) as Fixture;
}

/** Instruments that write down their calls. */
function instruments() {
  const told = { timed: 0, counted: 0 };
  return {
    told,
    time: () => timeInstrument<Labels>(() => (told.timed += 1)),
    count: () => countInstrument(() => (told.counted += 1)),
  };
}

for (const kind of ['standard', 'legacy'] as const) {
  test(`${kind} decorators: plain, async, generic, static, private and generator methods`, async (t) => {
    const { told, time, count } = instruments();
    const Decorated = fixture(kind).decoratedClass(time, count);
    const service = Decorated.make();
    t.true(service instanceof Decorated);
    t.is(told.counted, 1);
    t.is(service.plain(3), 6);
    t.is(told.timed, 1);
    t.is(await service.later(4), 8);
    t.is(told.timed, 3);
    t.deepEqual(service.generic('a'), ['a']);
    t.deepEqual([...service.numbers()], [2]);
    t.is(told.timed, 5);
    t.throws(() => service.fails(), { message: 'as it should' });
    t.is(told.timed, 6);
    if (service.viaHidden) {
      t.is(service.viaHidden(5), 10);
      t.is(told.timed, 7);
    }
    if (service.laterNumbers) {
      for await (const number of service.laterNumbers()) t.is(number, 2);
      t.is(told.timed, 8);
    }
  });

  test(`${kind} decorators: two on one method, which keeps its name and length`, (t) => {
    const { told, time, count } = instruments();
    const service = new (fixture(kind).decoratedClass(time, count))();
    t.is(service.twice(1), 1);
    t.deepEqual(told, { timed: 1, counted: 1 });
    t.is(service.twice.name, 'twice');
    t.is(service.twice.length, 1);
  });

  test(`${kind} decorators: only methods are accepted`, (t) => {
    const { count } = instruments();
    t.throws(() => fixture(kind).decoratedGetter(count), { code: 'MPMETRICS_BAD_ARGUMENT' });
  });
}

test('using stops a timer', (t) => {
  const { told, time } = instruments();
  fixture('standard').inBlock?.(time, () => t.is(told.timed, 0));
  t.is(told.timed, 1);
});

test.serial('the replacement of a method keeps its metadata', (t) => {
  // The part of `reflect-metadata` that matters here.
  const kept = new WeakMap<object, Map<unknown, unknown>>();
  const reflection = {
    getMetadataKeys: (target: object) => [...(kept.get(target)?.keys() ?? [])],
    getMetadata: (key: unknown, target: object) => kept.get(target)?.get(key),
    defineMetadata(key: unknown, value: unknown, target: object) {
      kept.set(target, (kept.get(target) ?? new Map()).set(key, value));
    },
  };
  Object.assign(Reflect, reflection);
  t.teardown(() => {
    for (const name of Object.keys(reflection)) Reflect.deleteProperty(Reflect, name);
  });
  const { time } = instruments();
  const prototype = fixture('legacy').routedClass?.(time).prototype;
  t.is(reflection.getMetadata('path', prototype?.above ?? {}), '/above');
  t.is(reflection.getMetadata('path', prototype?.below ?? {}), '/below');
});
