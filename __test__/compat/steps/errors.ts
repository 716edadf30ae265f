// @ts-nocheck -- what it calls is typed otherwise in each library, and wrong on purpose in places
// Errors: their classes and their texts.
import { failure, type Steps } from '../seeing';

export const steps: Steps = {
  errors: async (client, see) => {
    const {
      Counter,
      Gauge,
      Histogram,
      Summary,
      Registry,
      AggregatorRegistry,
      Pushgateway,
      register,
    } = client;
    const { collectDefaultMetrics, linearBuckets, exponentialBuckets, openMetricsContentType } =
      client;
    const classes = { Counter, Gauge, Histogram, Summary } as unknown as Record<
      string,
      new (configuration?: unknown) => { [method: string]: (...given: unknown[]) => unknown }
    >;
    for (const [name, Class] of Object.entries(classes)) {
      const errors: Record<string, string> = {};
      const fails = async (what: string, act: () => unknown): Promise<void> => {
        errors[what] = await failure(act);
      };
      await fails('nothing', () => new Class());
      await fails('a string', () => new Class('name'));
      await fails('no help', () => new Class({ name: 'x' }));
      await fails('no name', () => new Class({ help: 'x' }));
      await fails('a bad name', () => new Class({ name: 'a-b', help: 'x' }));
      await fails('a name of digits', () => new Class({ name: '3x', help: 'x' }));
      await fails('a bad label', () => new Class({ name: 'x', help: 'x', labelNames: ['a b'] }));
      await fails('a bad collect', () => new Class({ name: 'x', help: 'x', collect: 'soon' }));
      await fails('a collect that counts as none', async () => {
        void new Class({ name: 'none', help: 'x', collect: false });
        await register.metrics();
      });
      await fails('exemplars', () => new Class({ name: 'x', help: 'x', enableExemplars: true }));
      await fails('le', () => new Class({ name: 'with_le', help: 'x', labelNames: ['le'] }));
      await fails(
        'quantile',
        () => new Class({ name: 'with_quantile', help: 'x', labelNames: ['quantile'] }),
      );
      register.clear();
      const metric = new Class({ name: 'x', help: 'x', labelNames: ['x', 'y'] });
      const update = name === 'Counter' ? 'inc' : name === 'Gauge' ? 'set' : 'observe';
      await fails('a wrong label and a wrong value', () => {
        const child = metric['labels']?.({ z: 1 }) as Record<string, (value: unknown) => void>;
        child[update]?.('3');
      });
      await fails('twice', () => new Class({ name: 'x', help: 'x' }));
      for (const method of [
        'inc',
        'dec',
        'set',
        'observe',
        'labels',
        'remove',
        'startTimer',
        'zero',
      ]) {
        if (typeof metric[method] !== 'function') continue;
        // prom-client's zero() accepts any labels, and later fails to print them.
        if (method === 'zero') continue;
        const call = (what: string, ...given: unknown[]): Promise<void> =>
          fails(`${method} ${what}`, () => metric[method]!(...given));
        await call('an unknown label', { z: 1 }, 1);
        await call('a string', '3ms');
        await call('a labelled string', { x: 1 }, '3ms');
        await call('a number as text', { x: 1 }, '3');
        await call('null', { x: 1 }, null);
        await call('undefined', { x: 1 }, undefined);
        await call('a negative number', { x: 1 }, -1);
        await call('an infinite number', { x: 1 }, Infinity);
        await call('an object', { x: 1 }, { value: 1 });
        await call('an array', { x: 1 }, [1]);
        await call('too few', 'GET');
        await call('too many', 'GET', '/', '200');
      }
      const child = metric['labels']!('a', 'b') as typeof metric;
      for (const method of ['inc', 'dec', 'set', 'observe']) {
        if (typeof child[method] !== 'function') continue;
        for (const value of ['3ms', -1, NaN, Infinity, {}, null]) {
          await fails(`child ${method} ${value}`, () => child[method]!(value));
        }
      }
      await fails('labels of an unknown name', () =>
        (metric['labels']!({ z: 1 }) as typeof metric)['inc']?.(),
      );
      for (const [what, error] of Object.entries(errors)) see(`${name}, ${what}`, error);
      see(`${name} afterwards`, await register.metrics());
      register.clear();
    }
    see('content type', await failure(() => new Registry('text/html' as never)));
    see('setContentType', await failure(() => register.setContentType('text/html' as never)));
    see(
      'merge',
      await failure(() =>
        Registry.merge([new Registry(), new Registry(openMetricsContentType as never) as never]),
      ),
    );
    see('setRegistries', await failure(() => AggregatorRegistry.setRegistries({} as never)));
    see('default metrics', await failure(() => collectDefaultMetrics('all' as never)));
    see(
      'jobName',
      await failure(() => new Pushgateway('http://127.0.0.1:1').push(undefined as never)),
    );
    see('linear', await failure(() => linearBuckets(0, 1, 0)));
    see('exponential start', await failure(() => exponentialBuckets(0, 2, 3)));
    see('exponential count', await failure(() => exponentialBuckets(1, 2, 0)));
    see('exponential factor', await failure(() => exponentialBuckets(1, 1, 3)));
    const registers = [new Registry()];
    new Gauge({ name: 'same', help: 'x', registers });
    const other = [new Registry()];
    new Gauge({ name: 'same', help: 'x', registers: other });
    see('merge of equal names', await failure(() => Registry.merge([...registers, ...other])));
  },
};
