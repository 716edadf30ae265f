// Pushing metrics to a Pushgateway, for jobs that end before a scrape.

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

/** The group of metrics on the gateway. */
export interface PushgatewayParameters {
  /** The name of the job. Required, unless the gateway was made with `requireJobName: false`. */
  jobName?: string;
  /** Further labels of the group. */
  groupings?: Record<string, string>;
}

/** The answer of a Pushgateway. */
export interface PushgatewayAnswer {
  /** The response object of `http`. */
  resp?: unknown;
  /** Its body. */
  body?: unknown;
}

/** The options of `http.request`, and `requireJobName`. */
export interface PushgatewayOptions {
  /** Whether a push without a job name is refused. Default: true. */
  requireJobName?: boolean;
  [option: string]: unknown;
}

/**
 * A Pushgateway. A push contains the values of the whole application, so it is enough if one process pushes.
 *
 * ```ts
 * const gateway = new Pushgateway('http://127.0.0.1:9091', { timeout: 5000 });
 * await gateway.pushAdd({ jobName: 'backup', groupings: { host: 'db1' } });
 * ```
 */
export class Pushgateway<T extends RegistryContentType = RegistryContentType> {
  /** The registry whose metrics are pushed. */
  readonly registry: Registry<T>;
  /** The address as it was given. */
  readonly gatewayUrl: string;
  /** Whether a push without a job name is refused. */
  readonly requireJobName: boolean;
  /** The options for `http.request` besides the address. */
  readonly requestOptions: Record<string, unknown>;
  /** Set by the stand-in of a newer client, which does so. @internal */
  declare readonly [BY_URL]?: boolean;

  /**
   * A client of a Pushgateway, with the default options.
   *
   * @param url The address. A path in it is kept.
   * @param registry The registry whose metrics are pushed.
   */
  constructor(url: string, registry: Registry<T>);
  /**
   * A client of a Pushgateway, with options.
   *
   * @param url The address. A path in it is kept.
   * @param options The options of `http.request`, such as `timeout`, `agent` and `headers` (`'Content-Encoding':
   *   'gzip'` compresses the text), and `requireJobName`.
   * @param registry The registry whose metrics are pushed. Default: the global one.
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
   * Replaces the metrics of the same names in the group. Throws an `Error` without a job name. Rejects with an `Error`
   * if the gateway cannot be reached, or answers with a status of 400 or above.
   */
  pushAdd(parameters: PushgatewayParameters = {}): Promise<PushgatewayAnswer> {
    return askGateway(this, 'POST', parameters);
  }

  /** Replaces all metrics of the group. Throws and rejects like `pushAdd`. */
  push(parameters: PushgatewayParameters = {}): Promise<PushgatewayAnswer> {
    return askGateway(this, 'PUT', parameters);
  }

  /** Deletes all metrics of the group. Throws and rejects like `pushAdd`. */
  delete(parameters: PushgatewayParameters = {}): Promise<PushgatewayAnswer> {
    return askGateway(this, 'DELETE', parameters);
  }
}

/** Not async, because prom-client also throws synchronously. */
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
  // The port as text, as in prom-client, for programs that replace `request`.
  const { port } = url;
  const address = group.isByUrl ? {} : { ...urlToHttpOptions(url), ...(port && { port }) };
  const options: http.RequestOptions = { ...address, ...given, method };
  const isDelete = method === 'DELETE';
  if (isDelete && options.headers) {
    // A deletion has no body to compress. The caller's headers object stays unchanged.
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
          // A response may come before the whole text was sent.
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
  /** The group of metrics on the gateway, with a required job name as in prom-client. */
  export interface Parameters extends PushgatewayParameters {
    /** The name of the job. */
    jobName: string;
  }
  /** The answer of a Pushgateway. */
  export type Answer = PushgatewayAnswer;
  /** The options of `http.request`, and `requireJobName`. */
  export type Options = PushgatewayOptions;
}
