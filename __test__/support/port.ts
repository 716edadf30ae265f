// A port that nobody listens on: for programs of others, which can't be told to take any and say which.
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';

/** The port. Somebody else may take it meanwhile, though the system gives another one first. */
export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}
