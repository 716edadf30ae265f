// `npm run test:servers`: servers of today scrape a cluster while its workers are killed, with a million values each.
//   npm run test:servers                 10^6 values of each distribution
//   npm run test:servers -- 10000        another number
//   npm run test:servers -- --fetch      only fetches the servers, for `npm test`
import { main, must, Refusal } from './run.mjs';
import { fetchServers } from './test/servers.mjs';

await main(async () => {
  const [asked = '1000000'] = process.argv.slice(2);
  if (asked !== '--fetch' && !/^[1-9]\d*$/.test(asked)) {
    throw new Refusal(`"${asked}" is not a number of values.`);
  }
  await fetchServers();
  if (asked === '--fetch') return;
  await must('npx', ['ava', '--timeout=60m', '__test__/prometheus-native.spec.ts'], {
    environment: { SERVERS_VALUES: asked },
  });
});
