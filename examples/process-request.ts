// A method that takes some time, timed by a decorator in two processes: http://localhost:9464/metrics
//
//   node build/examples/process-request.js [calls in each process]
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { register, startHttpServer, Summary } from 'mpmetrics';

const requestTime = new Summary({
  name: 'request_processing_seconds',
  help: 'Time spent processing a request',
});

class Service {
  @requestTime.time()
  async processRequest(seconds: number): Promise<void> {
    await sleep(seconds * 1000);
  }
}

async function main(calls: number): Promise<void> {
  let otherEnds: Promise<unknown> | undefined;
  if (!process.send) {
    otherEnds = once(fork(__filename, [String(calls)]), 'exit');
    const metrics = await startHttpServer({ port: Number(process.env.METRICS_PORT ?? 9464) });
    console.log(`Metrics of both processes: ${metrics.url}`);
  }
  const service = new Service();
  for (let call = 0; call < calls; call += 1) await service.processRequest(Math.random() / 10);

  if (otherEnds) {
    await otherEnds;
    console.log(await register.metrics());
  }
}

void main(Number(process.argv[2] ?? Infinity));
