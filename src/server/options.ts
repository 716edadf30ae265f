// The options of `startHttpServer`, and their checks.

import { coded, requireKnownOptions } from '../errors';
import type { AnyRegistry } from '../registry/registry';
import { isRegistry } from '../registry/merged';
import { globalRegistry, type Registry } from '../registry/registry';
import {
  AUTHENTICATION_OPTIONS,
  problemOfCredentials,
  type AuthenticationOptions,
} from './authentication';
import {
  HEALTH_OPTIONS,
  isMaxBlockedSeconds,
  MAX_BLOCKED_SECONDS,
  type HealthOptions,
} from './health-options';
import type { FormatOptions } from './negotiation';
import { isMaxScrapes, MAX_SCRAPES } from './limits';
import { readCertificates, TLS_OPTIONS, type TlsOptions } from './tls';

/** The options of `startHttpServer`. */
export interface HttpServerOptions {
  /** The port, or 0 for any free one. Default: 9464. */
  port?: number;
  /**
   * The address or host name to listen on, without a port. With `127.0.0.1`, only programs of this machine can connect.
   * Default: all addresses of this machine, IPv6 and IPv4.
   */
  host?: string;
  /** The path of the metrics. Default: `/metrics`. */
  path?: string;
  /** The registry to show. Default: the global one. */
  registry?: AnyRegistry;
  /** Several registries of one heap to show, instead of `registry`. */
  registries?: readonly AnyRegistry[];
  /**
   * The longest wait, in milliseconds, for the `collect` functions of all processes and threads. If an event loop is
   * blocked, no scrape waits for it again until it answers. Default: 100.
   */
  collectTimeout?: number;
  /**
   * Whether browsers get a live page at `/`. It lists processes, and shows metrics as charts. Default: browsers of this machine
   * get it, at a loopback address and without a proxy. `true`: browsers elsewhere get it too. `false`: none.
   */
  page?: boolean;
  /** Whether to show the heap's own metrics as well (`mpmetrics_…`). Default: true. */
  own?: boolean;
  /**
   * Whether clients that prefer OpenMetrics 1.0.0 get it. It renames counters (`_total`) and bounds (`le="1.0"`), so a
   * Prometheus server would see other names than the text has. Default: they get the text.
   */
  openMetrics?: boolean;
  /**
   * Whether OpenMetrics 1.0.0 has a `_created` sample for each series, with its start time; only beside `openMetrics`.
   * Default: it has none. Protobuf always has start times.
   */
  created?: boolean;
  /** The certificates for HTTPS, read again when their files change. Default: the server speaks plain HTTP. */
  tls?: TlsOptions;
  /** The credentials that clients must send, for every path. Default: none. */
  authentication?: AuthenticationOptions;
  /** The limits of `/-/healthy`. */
  health?: HealthOptions;
  /** The most scrapes in progress. Further ones get status 503, and `Retry-After`. Default: 1000. */
  maxScrapes?: number;
}

/** The options with all defaults. @internal */
export interface ServerOptions {
  readonly port: number;
  readonly host: string | undefined;
  readonly path: string;
  readonly registries: readonly Registry[];
  readonly collectTimeout: number;
  readonly own: boolean;
  readonly page: boolean | undefined;
  readonly formats: FormatOptions;
  readonly tls: TlsOptions | undefined;
  readonly authentication: AuthenticationOptions | undefined;
  readonly maxBlockedSeconds: number;
  readonly maxScrapes: number;
}

/** The names of all options. */
const KNOWN: readonly (keyof HttpServerOptions)[] = [
  'port',
  'host',
  'path',
  'registry',
  'registries',
  'collectTimeout',
  'own',
  'page',
  'openMetrics',
  'created',
  'tls',
  'authentication',
  'health',
  'maxScrapes',
];

/** Fills in the defaults. Throws a `TypeError` for an invalid option. @internal */
export function checked(options: HttpServerOptions): ServerOptions {
  if (options === null || typeof options !== 'object')
    throw refused('options', 'must be an object');
  requireKnownOptions('startHttpServer()', options, KNOWN);
  const { port = 9464, host, path = '/metrics', collectTimeout = 100 } = options;
  const { own = true, page } = options;
  const { registry = globalRegistry, registries = [registry] } = options;
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw refused('port', 'must be a whole number from 0 to 65535');
  }
  if (host !== undefined && (typeof host !== 'string' || host === '')) {
    throw refused('host', 'must be an address or a host name');
  }
  if (
    typeof path !== 'string' ||
    !/^\/[\x21\x24-\x3e\x40-\x7e]*$/.test(path) ||
    path.startsWith('/-/')
  ) {
    throw refused(
      'path',
      'must begin with a slash, not with /-/, and hold neither spaces, "?" nor "#"',
    );
  }
  if (typeof collectTimeout !== 'number' || !(collectTimeout >= 0 && collectTimeout <= 60_000)) {
    throw refused('collectTimeout', 'must be a number of milliseconds up to 60000');
  }
  if (typeof own !== 'boolean') throw refused('own', 'must be true or false');
  if (page !== undefined && typeof page !== 'boolean')
    throw refused('page', 'must be true or false');
  const formats = checkedFormats(options);
  if (!Array.isArray(registries) || registries.length === 0 || !registries.every(isRegistry)) {
    throw refused(
      options.registries === undefined ? 'registry' : 'registries',
      'must be registries',
    );
  }
  const shown = [...registries] as Registry[];
  return {
    port,
    host,
    path,
    collectTimeout,
    own,
    page,
    formats,
    registries: shown,
    ...checkedUse(options),
  };
}

/** The options for use in production. */
function checkedUse({
  tls,
  authentication,
  health = {},
  maxScrapes = MAX_SCRAPES,
}: HttpServerOptions): Pick<
  ServerOptions,
  'tls' | 'authentication' | 'maxBlockedSeconds' | 'maxScrapes'
> {
  if (tls !== undefined) checkTls(tls);
  if (authentication !== undefined) {
    requireObject('authentication', authentication, AUTHENTICATION_OPTIONS);
    const problem = problemOfCredentials(authentication);
    if (problem !== undefined) throw refused('authentication', problem);
  }
  requireObject('health', health, HEALTH_OPTIONS);
  const { maxBlockedSeconds = MAX_BLOCKED_SECONDS } = health;
  if (!isMaxBlockedSeconds(maxBlockedSeconds)) {
    throw refused('health.maxBlockedSeconds', 'must be a number of seconds from 0.05 to 86400');
  }
  if (!isMaxScrapes(maxScrapes)) {
    throw refused('maxScrapes', 'must be a whole number from 1');
  }
  return {
    tls: tls && { ...tls },
    authentication: authentication && { ...authentication },
    maxBlockedSeconds,
    maxScrapes,
  };
}

function checkTls(tls: TlsOptions): void {
  requireObject('tls', tls, TLS_OPTIONS);
  const { cert, key, ca, requestCert = false } = tls;
  const texts = ca === undefined ? [cert, key] : [cert, key, ca];
  if (texts.some((text) => typeof text !== 'string' || text === '')) {
    throw refused('tls', 'must have "cert" and "key": the paths of PEM files, or their texts');
  }
  if (typeof requestCert !== 'boolean') throw refused('tls.requestCert', 'must be true or false');
  // Without it, any certificate of a public authority would do.
  if (requestCert !== (ca !== undefined)) {
    throw refused('tls', 'must have both "ca" and "requestCert: true", or neither');
  }
  try {
    readCertificates(tls);
  } catch (error) {
    throw refused('tls', (error as Error).message);
  }
}

function requireObject(option: string, value: object, known: readonly string[]): void {
  if (value === null || typeof value !== 'object') throw refused(option, 'must be an object');
  requireKnownOptions(`the option "${option}" of startHttpServer()`, value, known);
}

function checkedFormats({ openMetrics = false, created = false }: FormatOptions): FormatOptions {
  if (typeof openMetrics !== 'boolean') throw refused('openMetrics', 'must be true or false');
  if (typeof created !== 'boolean') throw refused('created', 'must be true or false');
  if (created && !openMetrics) throw refused('created', 'needs "openMetrics: true"');
  return { openMetrics, created };
}

/** The error for an invalid option. @internal */
export function refused(option: string, what: string): TypeError {
  const of = option === 'options' ? 'The options' : `The option "${option}"`;
  return coded(new TypeError(`${of} of startHttpServer() ${what}`), 'MPMETRICS_BAD_ARGUMENT');
}
