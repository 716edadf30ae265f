// `npm run test:formats`: ten thousand generated registries, read back by Prometheus' own readers in Go.
//   npm run test:formats                 10,000 registries
//   npm run test:formats -- 100000       another number
import { main, must, Refusal } from './run.mjs';

await main(async () => {
  const [runs = '10000'] = process.argv.slice(2);
  if (!/^[1-9]\d*$/.test(runs)) throw new Refusal(`"${runs}" is not a number of registries.`);
  await must('npx', ['ava', '--timeout=60m', '__test__/formats-go.spec.ts'], {
    environment: { FORMATS_RUNS: runs },
  });
});
