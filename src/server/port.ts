// The port: taken, or watched until another server of the same heap gives it up.

import type { Server } from 'http';
import type { AddressInfo } from 'net';
// oxlint-disable-next-line import/default -- the compiler makes one of `export =`
import builtin from '../builtin.cjs';
import { HEAP_PATH } from './answer';
import { MpmetricsError } from '../errors';
import { PURPOSE_PREFIX, type ListenAddress } from './purpose';

/** The interval at which a standing-by server tries to listen, in milliseconds. A try is one system call. */
const TRY_EVERY = 250;
/** The time in milliseconds within which the holder of the port must answer. */
const HOLDER_WITHIN = 1_000;
/** How often a holder that does not answer is asked. */
const QUESTIONS = 3;

/** Further facts, which are asked for when they are needed. @internal */
export interface Circumstances {
  /** The purpose of the server. */
  readonly purpose: () => string;
  /** Whether a member of the heap has announced such a server. Its process may be stopped, and unable to answer. */
  readonly isAnnounced: () => boolean;
  /** Whether to give up trying. */
  readonly isClosed: () => boolean;
}

/**
 * Listens. If a server with the same purpose has the port, tries again until that server is gone. Resolves to the port
 * as soon as this server listens or stands by.
 *
 * @throws MpmetricsError `MPMETRICS_PORT_IN_USE` if any other server has the port. Other errors of listening are passed
 *   on.
 * @internal
 */
export async function takePort(
  server: Server,
  address: ListenAddress,
  { purpose, isAnnounced, isClosed }: Circumstances,
): Promise<number> {
  for (let question = 1; ; question += 1) {
    const port = await tryToListen(server, address);
    if (port !== undefined) return port;
    let holder: string | undefined;
    if (isAnnounced()) holder = purpose();
    // With TLS the holder may ask for a certificate. A server of the heap announces itself within that time.
    else if (address.isSecure) await new Promise((resolve) => setTimeout(resolve, HOLDER_WITHIN));
    else holder = await purposeOfHolder(address, question);
    if (holder === purpose()) {
      void standBy(server, address, isClosed);
      return address.port;
    }
    if (holder !== undefined || question >= QUESTIONS) throw portInUse(address, holder);
  }
}

function portInUse({ port }: ListenAddress, holder: string | undefined): MpmetricsError {
  let who = 'another server';
  if (holder === undefined) who = 'a program that does not answer';
  if (holder?.startsWith(PURPOSE_PREFIX)) {
    who =
      'the metrics of another application, or of this one with other registries or another path';
  }
  return new MpmetricsError(
    'MPMETRICS_PORT_IN_USE',
    `Port ${port} is in use by ${who}. Choose another port for startHttpServer(), or stop that program. (Processes ` +
      'of one application can have one port for the same registries and path: one serves, and the others stand by.)',
  );
}

async function standBy(
  server: Server,
  address: ListenAddress,
  isClosed: () => boolean,
): Promise<void> {
  while (!isClosed()) {
    await new Promise((resolve) => setTimeout(resolve, TRY_EVERY));
    try {
      if (isClosed() || (await tryToListen(server, address)) !== undefined) return;
    } catch {
      // The next try may succeed.
    }
  }
}

/** The port; undefined if it is taken. */
function tryToListen(server: Server, { port, host }: ListenAddress): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const failed = (error: NodeJS.ErrnoException): void => {
      server.off('listening', listening);
      if (error.code === 'EADDRINUSE') resolve(undefined);
      else reject(error);
    };
    const listening = (): void => {
      server.off('error', failed);
      resolve((server.address() as AddressInfo).port);
    };
    server.once('error', failed);
    server.once('listening', listening);
    server.listen({ port, ...(host !== undefined && { host }) });
  });
}

/** The purpose of the server on the port. Empty if it is no server of this package, undefined if it does not answer. */
function purposeOfHolder(
  { port, host }: ListenAddress,
  question: number,
): Promise<string | undefined> {
  const everywhere = host === undefined || host === '::' || host === '0.0.0.0';
  // Not `localhost`: Node would try each of its addresses for a quarter of a second, which is too short on a busy
  // machine.
  const loopback = question % 2 === 1 ? '127.0.0.1' : '::1';
  return new Promise((resolve) => {
    const request = builtin.http().get(
      {
        host: everywhere ? loopback : host,
        port,
        path: HEAP_PATH,
        agent: false,
        timeout: HOLDER_WITHIN,
      },
      (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (part: string) => {
          text += part;
          // Another server's page may be long.
          if (text.length > 8192) request.destroy();
        });
        response.on('end', () => resolve(text.trim()));
        response.on('close', () => resolve(text.length > 8192 ? '' : undefined));
      },
    );
    request.on('timeout', () => request.destroy());
    request.on('error', () => resolve(undefined));
    request.on('close', () => resolve(undefined));
  });
}
