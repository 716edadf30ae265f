// "error instanceof MpmetricsError is false for an error that a dependency's copy of the package has thrown."
//
// Errors, registries and metrics are known by a mark that all copies have in common.

import test from 'ava';
import { layTree, program, removeTree } from '../support/stand-ins';

test.before('lays a tree of packages', layTree);
test.after.always(removeTree);

/** Two copies: one of the project, and one of a dependency. */
const COPIES = `
  const { createRequire } = require('module');
  const own = require('mpmetrics');
  const other = createRequire(require.resolve('dependency'))('mpmetrics');`;

async function answerOf(expression: string): Promise<unknown> {
  const { stdout } = await program(
    `${COPIES}
    console.log(JSON.stringify([own !== other, ${expression}]));
    process.exit();`,
  );
  const [areTwo, ...answers] = JSON.parse(stdout) as unknown[];
  if (areTwo !== true) throw new Error('There is one copy only.');
  return answers;
}

test('errors', async (t) => {
  const answers = await answerOf(`(() => {
      const thrown = (client) => {
        try { client.open({ name: 'there-is-none', mode: 'read' }); } catch (error) { return error; }
      };
      class Mine extends own.MpmetricsError {}
      const [ours, theirs] = [thrown(own), thrown(other)];
      return [
        theirs instanceof own.MpmetricsError, ours instanceof other.MpmetricsError, ours instanceof own.MpmetricsError,
        theirs instanceof Mine, new Mine('CODE', 'x') instanceof Mine, new Mine('CODE', 'x') instanceof other.MpmetricsError,
        [new Error('x'), null, undefined, 1, 'text', {}, own.MpmetricsError.prototype.constructor]
          .some((value) => value instanceof own.MpmetricsError),
        Object.keys(ours).sort(),
      ];
    })()`);
  const expected = [true, true, true, false, true, true, false, ['code', 'name']];
  t.deepEqual(answers, [expected]);
});

test('errors of another realm', async (t) => {
  const answers = await answerOf(`(() => {
      const context = require('vm').createContext({});
      const Foreign = require('vm').runInContext(\`
        class Foreign extends Error {}
        Object.defineProperty(Foreign.prototype, Symbol.for('mpmetrics.error'), { value: true });
        Foreign\`, context);
      return new Foreign() instanceof own.MpmetricsError;
    })()`);
  t.deepEqual(answers, [true]);
});

test('registries, where one is asked for', async (t) => {
  const answers = await answerOf(`(() => {
      const registry = new other.Registry();
      const told = (act) => { try { return act() ?? 'ok'; } catch (error) { return error.message; } };
      return [
        told(() => own.AggregatorRegistry.setRegistries([registry])),
        told(() => own.AggregatorRegistry.setRegistries([{}])),
        new own.Pushgateway('http://127.0.0.1', registry).registry === registry,
      ];
    })()`);
  t.deepEqual(answers, [['ok', 'Expected Registry, got object', true]]);
});

test('a registry that is served', async (t) => {
  const { stdout } = await program(`${COPIES}
    (async () => {
      const registry = new other.Registry({ name: 'theirs' });
      new other.Counter({ name: 'theirs_total', help: 'H', registers: [registry] }).inc(3);
      const server = await own.startHttpServer({ port: 0, registry });
      console.log(await (await fetch(server.url)).text());
      process.exit();
    })();`);
  t.regex(stdout, /^theirs_total 3$/m);
});

test('getOrCreate', async (t) => {
  const answers = await answerOf(`(() => {
      const registers = [new other.Registry()];
      const options = { name: 'm', help: 'H', registers };
      const counter = new other.Counter(options);
      const told = (act) => { try { return act(); } catch (error) { return error.code; } };
      return [own.Counter.getOrCreate(options) === counter, told(() => own.Gauge.getOrCreate(options))];
    })()`);
  t.deepEqual(answers, [[true, 'MPMETRICS_ALREADY_REGISTERED']]);
});
