// `mpmetrics serve`: the page of an application over HTTP, from outside.

import { setTimeout as sleep } from 'timers/promises';
import { MpmetricsError } from '../errors';
import { Attachment } from '../heap/attachment';
import { callNative } from '../heap/native';
import { viewOf } from '../registry/merged';
import { Registry } from '../registry/registry';
import { startHttpServer, type MetricsServer } from '../server/start';
import { isSet, numberOf, textOf, WELL, type Command } from './command';
import { heapFor, type Listed } from './heaps';
import { JSON_OPTION, REGISTRY } from './options';
import { paint, print } from './output';
import { isOfApplication, noSuchRegistry, registryName } from './reading';

/** The interval, in milliseconds, of checks for new registries of the application. */
const CHECK_EVERY = 2000;
/** The interval, in milliseconds, of checks for the start of the application. */
const WAIT_EVERY = 250;

/** The command. @internal */
export const serve: Command = {
  name: 'serve',
  summary: 'the page of an application over HTTP, from outside',
  words: '[NAME|PID]',
  count: [0, 1],
  options: {
    port: {
      type: 'string',
      short: 'p',
      value: 'PORT',
      help: 'the port, 0 for any free one (9464)',
    },
    host: {
      type: 'string',
      short: 'H',
      value: 'ADDRESS',
      help: 'the address to listen on (all of this machine)',
    },
    path: { type: 'string', value: 'PATH', help: 'the path of the page (/metrics)' },
    registry: REGISTRY,
    wait: { type: 'boolean', short: 'w', help: 'wait for the application if it has not started' },
    json: { ...JSON_OPTION, help: 'print the address as JSON' },
  },
  notes:
    'The command answers for an application that has no server, or whose event loops are blocked. When the application\n' +
    'starts again, its next heap is shown. SIGINT and SIGTERM end the command.',
  async run(given) {
    const ended = new Promise<void>((resolve) => {
      process.once('SIGINT', () => resolve()).once('SIGTERM', () => resolve());
    });
    const heap = await found(given.positionals[0], isSet(given, 'wait'));
    const shown = new ShownRegistries(heap, textOf(given, 'registry'));
    const host = textOf(given, 'host');
    const path = textOf(given, 'path');
    const server = await startHttpServer({
      port: numberOf(given, 'port', 9464, [0, 65_535]),
      ...(host !== undefined && { host }),
      ...(path !== undefined && { path }),
      registry: shown.registry,
    });
    const timer = setInterval(() => shown.follow(), CHECK_EVERY);
    await print(isSet(given, 'json') ? asJson(server, heap) : asText(server, heap));
    await ended;
    clearInterval(timer);
    await server.close();
    shown.close();
    return WELL;
  },
};

function asJson({ url, port }: MetricsServer, { title }: Listed): string {
  return JSON.stringify({ url, port, name: title, pid: process.pid });
}

function asText({ url }: MetricsServer, { title }: Listed): string {
  return `${paint('bold', title)} is at ${paint('cyan', url)}`;
}

/** The heap. With `isPatient`, waits until it exists. */
async function found(word: string | undefined, isPatient: boolean): Promise<Listed> {
  for (;;) {
    try {
      return heapFor(word);
    } catch (error) {
      const isMissing = error instanceof MpmetricsError && error.code === 'MPMETRICS_NO_SUCH_HEAP';
      if (!isMissing || !isPatient) throw error;
      await sleep(WAIT_EVERY);
    }
  }
}

/** The registries of a heap as one registry, which the server shows. */
class ShownRegistries {
  readonly registry: Registry;
  readonly #heap: Listed;
  readonly #name: string | undefined;
  /** The registries by their keys. The next heap of the name may lack some of them. */
  readonly #sources = new Map<string, Registry>();
  #attachment: Attachment;

  /** Throws an `MpmetricsError` for a missing registry. */
  constructor(heap: Listed, name: string | undefined) {
    this.#heap = heap;
    this.#name = name;
    this.#attachment = this.#opened();
    this.registry = this.#registryOf('default');
    const keys = this.#keys();
    if (name !== undefined && keys.length === 0) throw this.#noSuchRegistry(name);
    // The default registry is there even without metrics, so the server always has a heap to follow.
    this.#show(name === undefined ? ['default', ...keys] : keys);
  }

  /** Follows the heap to its successor, and adds new registries. */
  follow(): void {
    const before = this.#attachment;
    try {
      this.#attachment = this.#opened();
    } catch {
      // The application has ended. The server waits for the next one.
      return;
    }
    before.close();
    this.#show(this.#keys());
  }

  /** Stops reading. */
  close(): void {
    this.#attachment.close();
  }

  #opened(): Attachment {
    return Attachment.reader({ name: this.#heap.title }, 'opened by its name to read');
  }

  #registryOf(key: string): Registry {
    return new Registry(undefined, { key, heap: () => this.#attachment });
  }

  #keys(): string[] {
    const keys = callNative(() => this.#attachment.native.registries());
    return keys.filter((key) =>
      this.#name === undefined ? isOfApplication(key) : registryName(key) === this.#name,
    );
  }

  #show(keys: readonly string[]): void {
    const added = [...new Set(keys)].filter((key) => !this.#sources.has(key));
    if (added.length === 0) return;
    for (const key of added) this.#sources.set(key, this.#registryOf(key));
    viewOf(this.registry).setSources([...this.#sources.values()].map(viewOf));
  }

  #noSuchRegistry(name: string): MpmetricsError {
    const keys = callNative(() => this.#attachment.native.registries());
    return noSuchRegistry(name, this.#heap.title, keys);
  }
}
