// The port: taken, or watched until the server of the same heap that has it is gone.

import type { Server } from 'http';
import type { AddressInfo } from 'net';
// oxlint-disable-next-line import/default -- the compiler makes one of `export =`
import builtin from '../builtin.cjs';
import { HEAP_PATH } from './answer';
import { MpmetricsError } from '../errors';
import { PURPOSE_PREFIX } from './purpose';

/** How often a server that stands by tries to take over, in milliseconds. A try is one system call. */
const TRY_EVERY = 250;
/** How long the holder of the port has to say who it is. */
const HOLDER_WITHIN = 1_000;
/** How often a holder that does not say is asked again. */
const QUESTIONS = 3;

/** Where to listen. @internal */
export interface Place {
  readonly port: number;
  readonly host: string | undefined;
}

/** What there is to know besides, asked when it is needed. @internal */
export interface Circumstances {
  /** What the server is for. */
  readonly purpose: () => string;
  /** Whether a member of the heap has started such a server there: it may be stopped, and not answer. */
  readonly isAnnounced: () => boolean;
  /** Whether to give up trying. */
  readonly isClosed: () => boolean;
}

/**
 * Listens; or, where a server with the same purpose has the port, keeps trying until it is gone. Resolves to the port
 * as soon as either is settled.
 *
 * @throws MpmetricsError `MPMETRICS_PORT_IN_USE` if anybody else has the port; whatever else listening fails with.
 * @internal
 */
export async function takePort(
  server: Server,
  place: Place,
  { purpose, isAnnounced, isClosed }: Circumstances,
): Promise<number> {
  for (let question = 1; ; question += 1) {
    const port = await tryToListen(server, place);
    if (port !== undefined) return port;
    const holder = isAnnounced() ? purpose() : await purposeOfHolder(place, question);
    if (holder === purpose()) {
      void standBy(server, place, isClosed);
      return place.port;
    }
    if (holder !== undefined || question >= QUESTIONS) throw portInUse(place, holder);
  }
}

function portInUse({ port }: Place, holder: string | undefined): MpmetricsError {
  let who = 'another server';
  if (holder === undefined) who = 'somebody who does not answer';
  if (holder?.startsWith(PURPOSE_PREFIX))
    who = 'a server of another heap, other registries or another path';
  return new MpmetricsError(
    'MPMETRICS_PORT_IN_USE',
    `Port ${port} is in use by ${who}. Choose another port for startHttpServer(), or stop who has it. (Where a server ` +
      'of the same heap, registries and path has it, this one stands by.)',
  );
}

async function standBy(server: Server, place: Place, isClosed: () => boolean): Promise<void> {
  while (!isClosed()) {
    await new Promise((resolve) => setTimeout(resolve, TRY_EVERY));
    try {
      if (isClosed() || (await tryToListen(server, place)) !== undefined) return;
    } catch {
      // Whatever hinders it now may be gone at the next try.
    }
  }
}

/** The port, or nothing if somebody has it. */
function tryToListen(server: Server, { port, host }: Place): Promise<number | undefined> {
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

/** What the server on the port says it is for: an empty text if it is none of ours, nothing if it does not answer. */
function purposeOfHolder({ port, host }: Place, question: number): Promise<string | undefined> {
  const everywhere = host === undefined || host === '::' || host === '0.0.0.0';
  // Not `localhost`: trying all its addresses, Node gives each a quarter of a second, which a busy machine needs.
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
          // Somebody else's page, perhaps a long one.
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
