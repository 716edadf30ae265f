// `npm run test:formats`: ten thousand generated registries, read back by Prometheus' own readers in Go.
//   npm run test:formats                 10,000 registries
//   npm run test:formats -- 100000       another number
import { main, must, Refusal, say } from './run.mjs';

/** Registries of one process. Their families stay in its heap, and each scrape passes all of them. */
const PORTION = 1000;

await main(async () => {
  const [asked = '10000'] = process.argv.slice(2);
  if (!/^[1-9]\d*$/.test(asked)) throw new Refusal(`"${asked}" is not a number of registries.`);
  const runs = Number(asked);
  for (let done = 0; done < runs; done += PORTION) {
    const portion = Math.min(PORTION, runs - done);
    say(`Registries ${done + 1} to ${done + portion}`);
    await must('npx', ['ava', '--timeout=60m', '__test__/formats-go.spec.ts'], {
      environment: { FORMATS_RUNS: String(portion) },
    });
  }
});
