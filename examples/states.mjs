// The version and the state of an application: an info and an enum. The last value of any process counts for all.
//
//   node examples/states.mjs
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Enum, Info, register } from 'mpmetrics';

const build = new Info({ name: 'build', help: 'What is running' });
const migration = new Enum({
  name: 'migration_state',
  help: 'How far the migration has come',
  states: ['waiting', 'running', 'done'],
});

if (process.send) {
  migration.state('running');
  migration.state('done');
} else {
  build.info({ version: '1.4.0', commit: 'f00ba4' });
  console.log(await register.metrics());
  await once(fork(fileURLToPath(import.meta.url)), 'exit');
  // The process has ended, and its values stay.
  console.log(await register.metrics());
}
