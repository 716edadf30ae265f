// Pushing metrics to a Pushgateway, for jobs that end before anybody scrapes them.

import type http from 'http';
import { urlToHttpOptions } from 'url';
// oxlint-disable-next-line import/default -- the compiler makes one of `export =`
import builtin from '../builtin.cjs';
import { coded } from '../errors';
import { isRegistry } from '../registry/merged';
import { globalRegistry, type Registry } from '../registry/registry';
import type { RegistryContentType } from '../registry/content-type';

/** The key of a field that subclasses may have: true gives `http.request` the address as a `URL`, with its query. */
const BY_URL: unique symbol = Symbol.for('mpmetrics.pushgateway-by-url');

/** Which group of metrics a push is about. */
export interface PushgatewayParameters {
  /** The job's name. Required, unless the gateway was made with `requireJobName: false`. */
  jobName?: string;
  /** Further labels of the group. */
  groupings?: Record<string, string>;
}

/** What a Pushgateway answered. */
export interface PushgatewayAnswer {
  /** The answer, as `http` hands it out. */
  resp?: unknown;
  /** Its body. */
  body?: unknown;
}

/** Options of `http.request`, and one more. */
export interface PushgatewayOptions {
  /** Whether a push without a job's name is refused. Default: true. */
  requireJobName?: boolean;
  [option: string]: unknown;
}

/**
 * A Pushgateway. What is pushed are the values of the whole application, so one process of it is enough to push.
 *
 * ```ts
 * const gateway = new Pushgateway('http://127.0.0.1:9091', { timeout: 5000 });
 * await gateway.pushAdd({ jobName: 'backup', groupings: { host: 'db1' } });
 * ```
 */
export class Pushgateway<T extends RegistryContentType = RegistryContentType> {
  /** The registry of which the metrics are pushed. */
  readonly registry: Registry<T>;
  /** The address as it was given. */
  readonly gatewayUrl: string;
  /** Whether a push without a job's name is refused. */
  readonly requireJobName: boolean;
  /** What `http.request` gets besides the address. */
  readonly requestOptions: Record<string, unknown>;
  /** Set by the stand-in of a newer client, which does so. @internal */
  declare readonly [BY_URL]?: boolean;

  /** @param url Where it is. @param registry Which metrics to push. */
  constructor(url: string, registry: Registry<T>);
  /**
   * @param url Where it is; a path is kept.
   * @param options Options of `http.request`, such as `timeout`, `agent` and `headers` (with
   *   `'Content-Encoding': 'gzip'` what is pushed is compressed), and `requireJobName`.
   * @param registry Which metrics to push. Default: those of the global registry.
   */
  constructor(url: string, options?: PushgatewayOptions | null, registry?: Registry<T>);
  constructor(url: string, options?: unknown, registry?: Registry<T>) {
    const isFirst = isRegistry(options);
    const given = isFirst ? options : registry;
    this.registry = (given || globalRegistry) as Registry<T>;
    this.gatewayUrl = url;
    const { requireJobName, ...requestOptions } = {
      requireJobName: true,
      ...(isFirst ? {} : (options as PushgatewayOptions | null | undefined)),
    };
    this.requireJobName = requireJobName;
    this.requestOptions = requestOptions;
  }

  /**
   * Replaces the group's metrics of the same names. Throws an `Error` without a job's name; rejects with an `Error` when
   * the gateway can't be reached or answers with a status of 400 or more.
   */
  pushAdd(parameters: PushgatewayParameters = {}): Promise<PushgatewayAnswer> {
    return askGateway(this, 'POST', parameters);
  }

  /** Replaces all metrics of the group. Throws and rejects as `pushAdd` does. */
  push(parameters: PushgatewayParameters = {}): Promise<PushgatewayAnswer> {
    return askGateway(this, 'PUT', parameters);
  }

  /** Deletes all metrics of the group. Throws and rejects as `pushAdd` does. */
  delete(parameters: PushgatewayParameters = {}): Promise<PushgatewayAnswer> {
    return askGateway(this, 'DELETE', parameters);
  }
}

/** Not an async function: prom-client throws at once, too. */
function askGateway(
  gateway: Pushgateway,
  method: string,
  { jobName, groupings }: PushgatewayParameters,
): Promise<PushgatewayAnswer> {
  const { registry, gatewayUrl, requireJobName, requestOptions } = gateway;
  if (requireJobName && !jobName) {
    throw coded(new Error('Missing jobName parameter'), 'MPMETRICS_BAD_ARGUMENT');
  }
  const group = { gatewayUrl, jobName, groupings, isByUrl: gateway[BY_URL] === true };
  return ask(group, method, requestOptions, async () => registry.metrics());
}

/** A group of metrics on a Pushgateway. */
interface Group {
  gatewayUrl: string;
  jobName: string | undefined;
  groupings: Record<string, string> | null | undefined;
  /** Whether the address is given as a `URL`. */
  isByUrl: boolean;
}

/** The address of a group. */
function addressOf({ gatewayUrl, jobName, groupings, isByUrl }: Group): URL {
  const url = new URL(gatewayUrl);
  const group = jobName ? ['job', jobName, ...Object.entries(groupings ?? {}).flat()] : [];
  const path = ['metrics', ...group.map((part) => encodeURIComponent(part))].join('/');
  url.pathname = `${url.pathname === '/' ? '' : url.pathname}/${path}`;
  if (!isByUrl) url.search = '';
  return url;
}

async function ask(
  group: Group,
  method: string,
  given: Record<string, unknown>,
  metrics: () => Promise<string>,
): Promise<PushgatewayAnswer> {
  const url = addressOf(group);
  // The port as text, as prom-client gives it to whoever has put another `request` in its place.
  const { port } = url;
  const address = group.isByUrl ? {} : { ...urlToHttpOptions(url), ...(port && { port }) };
  const options: http.RequestOptions = { ...address, ...given, method };
  const isDelete = method === 'DELETE';
  if (isDelete && options.headers) {
    // There is nothing that could be compressed. The caller's own headers stay as they are.
    options.headers = { ...options.headers } as http.OutgoingHttpHeaders;
    delete options.headers['Content-Encoding'];
  }
  const { request } = url.protocol === 'https:' ? builtin.https() : builtin.http();

  return new Promise((resolve, reject) => {
    const receive = (incoming: http.IncomingMessage): void => {
      let body = '';
      incoming.setEncoding('utf8');
      incoming.on('data', (chunk: string) => {
        body += chunk;
      });
      incoming.on('error', reject);
      incoming.on('end', () => {
        const { statusCode = 0 } = incoming;
        if (statusCode < 400) {
          // An answer may come before all was sent.
          sent.then(() => resolve({ resp: incoming, body }), reject);
          return;
        }
        const error = new Error(`push failed with status ${statusCode}, ${body}`);
        reject(coded(error, 'MPMETRICS_PUSH_FAILED'));
      });
    };
    const outgoing = group.isByUrl ? request(url, options, receive) : request(options, receive);
    outgoing.on('error', reject);
    outgoing.on('timeout', () => {
      outgoing.destroy(
        coded(new Error('Pushgateway request timed out'), 'MPMETRICS_PUSH_TIMED_OUT'),
      );
    });
    const send = async (): Promise<void> => {
      if (isDelete) {
        outgoing.end();
        return;
      }
      const text = await metrics();
      const headers = options.headers as http.OutgoingHttpHeaders | undefined;
      outgoing.write(
        headers?.['Content-Encoding'] === 'gzip' ? builtin.zlib().gzipSync(text) : text,
      );
      outgoing.end();
    };
    const sent = send();
    sent.catch((error: unknown) => {
      reject(error);
      outgoing.destroy();
    });
  });
}

/** prom-client's types of its options. */
export namespace Pushgateway {
  /** Which group of metrics a push is about: of a job, as there. */
  export interface Parameters extends PushgatewayParameters {
    /** The name of the job. */
    jobName: string;
  }
  /** What a Pushgateway answered. */
  export type Answer = PushgatewayAnswer;
  /** Options of `http.request`, and one more. */
  export type Options = PushgatewayOptions;
}
