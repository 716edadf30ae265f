// The clock of the HTTP metrics.

import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import test from 'ava';
import { register } from '../index';
import { now, secondsSince } from '../src/http/clock';
import { measure } from '../src/http/http';

test.serial('the clock follows fake timers, and comes back from them', (t) => {
  const { hrtime } = process;
  const before = now();
  const [seconds, nanoseconds] = hrtime();
  process.hrtime = (() => [seconds + 3600, nanoseconds]) as typeof hrtime;
  let within;
  try {
    within = now();
    t.true(secondsSince(before) >= 3599);
    t.is(secondsSince(within), 0);
  } finally {
    process.hrtime = hrtime;
  }
  t.true(now() >= before && now() < within);
});

test.serial('no time is negative, whatever becomes of the clock', (t) => {
  t.is(secondsSince(now() + 3_600_000), 0);
});

test.serial('a request is counted at the zero of a fake clock', async (t) => {
  measure();
  const { hrtime } = process;
  const server = createServer((_request, response) => {
    process.hrtime = hrtime;
    response.end();
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  try {
    process.hrtime = (() => [0, 0]) as unknown as typeof hrtime;
    await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    process.hrtime = hrtime;
    server.closeAllConnections();
    server.close();
  }
  t.regex(await register.metrics(), /^http_server_request_duration_seconds_count\{.*\} 1$/m);
});
