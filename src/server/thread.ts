// The thread of the HTTP server, which answers even if the application's event loop is blocked.
//
// Only `startHttpServer` loads this file, as a worker thread. The thread is an observer of the heap, not a writer.

import { parentPort, workerData } from 'worker_threads';
import { MpmetricsError } from '../errors';
import { answer } from './answer';
import { Authentication } from './authentication';
import { ExternalMetricsClient } from './external-metrics-client';
import { limitedServer } from './connections';
import { Health } from './health';
import type { FromThread, ThreadSettings, ToThread } from './messages';
import { Page } from './page';
import { PageFeed } from './page-feed';
import { takePort } from './port';
import { purposeOf, serverNumber } from './purpose';
import { Scraper } from './scraper';
import { followFiles, readCertificates } from './tls';
// oxlint-disable-next-line import/default -- the compiler makes one of `export =`
import threadLocation from './thread-location.cjs';

/** The time in milliseconds that responses in progress have when the server closes. */
const FAREWELL = 1_000;

/** Serves until the message to close. */
async function serve(settings: ThreadSettings, send: (message: FromThread) => void): Promise<void> {
  const { port, host, path, collectWait, own, formats, hasExternal, maxScrapes, tls } = settings;
  const externalMetrics = new ExternalMetricsClient(send, collectWait, hasExternal);
  const constant = { own, collectWaitMs: collectWait };
  const scraper = new Scraper(settings, constant, externalMetrics, maxScrapes);
  const feed = new PageFeed(scraper, { own, path });
  const page = new Page({ file: threadLocation.page, choice: settings.page, host }, feed);
  const purpose = (): string => purposeOf(path, scraper.shown);
  const answering = {
    scraper,
    page,
    path,
    formats,
    purpose,
    collectWait,
    health: new Health((use) => scraper.withHeap(use), settings.maxBlockedSeconds),
    authentication: settings.authentication && new Authentication(settings.authentication),
  };
  const server = limitedServer(
    (request, response) => answer(answering, request, response),
    tls && readCertificates(tls),
  );
  if (tls) followFiles(server, tls);
  let isClosed = false;
  // The message to close may come while the address is being looked up.
  server.on('listening', () => isClosed && server.close());

  const close = (): void => {
    isClosed = true;
    page.close();
    const finish = (): void => {
      server.closeAllConnections();
      scraper.close();
      // Without a listener, the thread ends. Deno's port has no `close()`.
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
    else externalMetrics.receive(message);
  };
  parentPort?.on('message', receive);

  try {
    const place = { port, host, isSecure: tls !== undefined };
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
