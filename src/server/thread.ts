// The thread in which the HTTP server lives, so that a blocked event loop still answers.
//
// Only `startHttpServer` loads this file, as a worker thread. It reads the heap from outside, without being a writer.

import { parentPort, workerData } from 'worker_threads';
import { MpmetricsError } from '../errors';
import { answer } from './answer';
import { Asking } from './asking';
import { limitedServer } from './connections';
import type { FromThread, ThreadSettings, ToThread } from './messages';
import { takePort } from './port';
import { purposeOf, serverNumber } from './purpose';
import { Scraper } from './scraper';

/** How long clients that are being answered have when the server closes, in milliseconds. */
const FAREWELL = 1_000;

/** Serves until told to close. */
async function serve(settings: ThreadSettings, send: (message: FromThread) => void): Promise<void> {
  const { port, host, path, collectWait, own, formats, hasForeign } = settings;
  const asking = new Asking(send, collectWait, hasForeign);
  const scraper = new Scraper(settings, { own, collectWaitMs: collectWait }, asking);
  const purpose = (): string => purposeOf(path, scraper.shown);
  const server = limitedServer((request, response) =>
    answer({ scraper, path, formats, purpose }, request, response),
  );
  let isClosed = false;
  // The address was still being looked up when it was told to close.
  server.on('listening', () => isClosed && server.close());

  const close = (): void => {
    isClosed = true;
    const finish = (): void => {
      server.closeAllConnections();
      scraper.close();
      // With nobody who listens, the thread ends. Deno's port has no `close()`.
      parentPort?.off('message', receive);
    };
    if (!server.listening) {
      finish();
      return;
    }
    server.close(finish);
    server.closeIdleConnections();
    setTimeout(() => server.closeAllConnections(), FAREWELL).unref();
  };

  const receive = (message: ToThread): void => {
    if (message.kind === 'close') close();
    else if (message.kind === 'moved') scraper.show(message.shown);
    else asking.receive(message);
  };
  parentPort?.on('message', receive);

  try {
    const place = { port, host };
    const isAnnounced = (): boolean => scraper.hasServer(serverNumber(place, purpose()));
    const taken = await takePort(server, place, { purpose, isAnnounced, isClosed: () => isClosed });
    send({ kind: 'started', port: taken });
  } catch (error) {
    send({ kind: 'failed', ...described(error) });
    close();
  }
}

function described(error: unknown): { code: string; message: string } {
  if (error instanceof MpmetricsError) return { code: error.code, message: error.message };
  const { code, message } = error as NodeJS.ErrnoException;
  return { code: code ?? 'MPMETRICS_BAD_ARGUMENT', message };
}

void serve(workerData as ThreadSettings, (message) => {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
  parentPort?.postMessage(message);
});
