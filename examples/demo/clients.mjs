// The demo's clients, in their own process. Each sends a request, waits for the whole answer, and sends the next one.
//
// They count exactly. A request is answered when its response came in whole with status 200, and failed in every other
// case; none is retried, and none is left open at the end. Arguments: URL, number of clients, seconds (0: no end),
// pause between two requests of a client in milliseconds. Prints one JSON line when it is done; a message over IPC, or
// the end of the channel, ends it early.
import http from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

const [url, clients, seconds, pause] = process.argv.slice(2);
const agent = new http.Agent({ keepAlive: true, maxSockets: Number(clients) });
const counted = { answered: 0, failed: 0 };
const run = { end: Number(seconds) > 0 ? performance.now() + Number(seconds) * 1000 : Infinity };

if (process.channel) {
  const stop = () => (run.end = 0);
  process.on('message', stop);
  process.on('disconnect', stop);
}
const progress = setInterval(() => process.connected && process.send(counted), 500);

await Promise.all(Array.from({ length: Number(clients) }, client));

clearInterval(progress);
agent.destroy();
if (process.connected) process.disconnect();
console.log(JSON.stringify(counted));

async function client() {
  while (performance.now() < run.end) {
    if (await ask()) counted.answered += 1;
    else {
      counted.failed += 1;
      // A client whose request has failed waits, instead of sending at full speed to the next worker.
      await sleep(10);
    }
    if (Number(pause) > 0) await sleep(Number(pause));
  }
}

function ask() {
  return new Promise((resolve) => {
    const request = http.get(url, { agent, timeout: 10_000 }, (response) => {
      response.on('end', () => resolve(response.complete && response.statusCode === 200));
      response.on('error', () => resolve(false));
      response.resume();
    });
    request.on('timeout', () => request.destroy());
    request.on('error', () => resolve(false));
    request.on('close', () => resolve(false));
  });
}
