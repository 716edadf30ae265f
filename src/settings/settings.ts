// The settings of an application: names, valid values and defaults.

import { parseBuckets, parseFlag, parseLabels, parseList, parseNumber, parsePort } from './text';
import * as check from './check';
import { isMaxBlockedSeconds, MAX_BLOCKED_SECONDS } from '../server/health-options';
import { isMaxScrapes, MAX_SCRAPES } from '../server/limits';

/** The settings that an operator can change without changing the code. */
export interface Settings {
  /** The port of the metrics. `application`: a path of the application's own servers. `none`: no server. */
  readonly port: number | 'application' | 'none';
  /** The address to listen on. Undefined: all addresses of this machine. */
  readonly host: string | undefined;
  /** The path of the metrics. */
  readonly path: string;
  /** Labels that all series of the global registry have. */
  readonly labels: Readonly<Record<string, string>>;
  /** Upper bounds of histograms, by the names of the histograms. */
  readonly buckets: Readonly<Record<string, readonly number[]>>;
  /** Histograms that get sparse buckets beside their classic ones: names, prefixes with a `*` at the end, or `*` for all. */
  readonly nativeHistograms: readonly string[];
  /** Families that are left out: names, or prefixes with a `*` at the end. */
  readonly exclude: readonly string[];
  /** The series limit of a family. Undefined: 100,000. */
  readonly seriesLimit: number | undefined;
  /** The series limit of the whole heap. Undefined: none. */
  readonly maxSeries: number | undefined;
  /** The choice of names and labels of the HTTP metrics. */
  readonly httpNames: 'semconv' | 'classic';
  /** Whether default metrics are collected. */
  readonly defaultMetrics: boolean;
  /** The certificate of the server, as a path or in PEM. Undefined: no TLS. */
  readonly tlsCert: string | undefined;
  /** Its key. */
  readonly tlsKey: string | undefined;
  /** The certificates that sign those of clients. Undefined: clients need none. */
  readonly tlsCa: string | undefined;
  /** The name for basic authentication. */
  readonly username: string | undefined;
  /** The password for basic authentication. */
  readonly password: string | undefined;
  /** The token for bearer authentication. */
  readonly bearerToken: string | undefined;
  /** How long an event loop may be blocked, in seconds. */
  readonly maxBlockedSeconds: number;
  /** The most scrapes in progress. */
  readonly maxScrapes: number;
}

/** One setting. @internal */
export interface Definition<Value> {
  /** The environment variable. */
  readonly variable: string;
  /** The value of a text in the environment, which may be invalid. Undefined: the text sets nothing. */
  parse(text: string): unknown;
  /** Whether a value is valid for this setting. */
  isValid(value: unknown): boolean;
  /** The valid values, as the end of a sentence that begins with the setting's name. */
  readonly words: string;
  /** The default. */
  readonly initial: Value;
  /** Whether no message may show the value. */
  readonly isSecret?: boolean;
}

const PEM = {
  parse: String,
  isValid: check.isText,
  words: 'must be the path of a PEM file, or its text',
  initial: undefined,
};
const CREDENTIAL = {
  parse: String,
  isValid: check.isText,
  words: 'must be a text that is not empty',
  initial: undefined,
};

/** All settings, by their names in a file. @internal */
export const DEFINITIONS: { readonly [Name in keyof Settings]: Definition<Settings[Name]> } = {
  port: {
    variable: 'MPMETRICS_PORT',
    parse: parsePort,
    isValid: (value) => value === 'application' || value === 'none' || check.isPort(value),
    words: 'must be a whole number from 0 to 65535, "application" or "none"',
    initial: 9464,
  },
  host: {
    variable: 'MPMETRICS_HOST',
    parse: String,
    isValid: check.isHost,
    words: 'must be an address or a host name, without a port',
    initial: undefined,
  },
  path: {
    variable: 'MPMETRICS_PATH',
    parse: String,
    isValid: check.isPath,
    words: 'must begin with a slash, have no space, "?" or "#", and be none of the paths below /-/',
    initial: '/metrics',
  },
  labels: {
    variable: 'MPMETRICS_LABELS',
    parse: parseLabels,
    isValid: check.areLabels,
    words:
      'must be label names with values: zone=eu,team=shop in the environment, { "zone": "eu" } in a file',
    initial: {},
  },
  buckets: {
    variable: 'MPMETRICS_BUCKETS',
    parse: parseBuckets,
    isValid: check.areBuckets,
    words:
      'must be names of histograms, each with ascending numbers: order_seconds=0.1,0.5;other_seconds=1,2 in the ' +
      'environment, { "order_seconds": [0.1, 0.5] } in a file',
    initial: {},
  },
  nativeHistograms: {
    variable: 'MPMETRICS_NATIVE_HISTOGRAMS',
    parse: parseList,
    isValid: check.areHistograms,
    words:
      'must be names of histograms, beginnings of names with a * at the end, or * for all: http_*,order_seconds in the ' +
      'environment, a list of texts in a file',
    initial: [],
  },
  exclude: {
    variable: 'MPMETRICS_EXCLUDE',
    parse: parseList,
    isValid: check.arePatterns,
    words:
      'must be names of metrics, or beginnings of names with a * at the end: nodejs_*,process_open_fds in the ' +
      'environment, a list of texts in a file',
    initial: [],
  },
  seriesLimit: {
    variable: 'MPMETRICS_SERIES_LIMIT',
    parse: parseNumber,
    isValid: check.isSeriesLimit,
    words: 'must be a whole number from 1 to 4294967295',
    initial: undefined,
  },
  maxSeries: {
    variable: 'MPMETRICS_MAX_SERIES',
    parse: parseNumber,
    isValid: check.isSeriesLimit,
    words: 'must be a whole number from 1 to 4294967295',
    initial: undefined,
  },
  httpNames: {
    variable: 'MPMETRICS_HTTP_NAMES',
    parse: String,
    isValid: (value) => value === 'semconv' || value === 'classic',
    words: 'must be "semconv" or "classic"',
    initial: 'semconv',
  },
  defaultMetrics: {
    variable: 'MPMETRICS_DEFAULT_METRICS',
    parse: parseFlag,
    isValid: (value) => typeof value === 'boolean',
    words: 'must be true or false',
    initial: true,
  },
  tlsCert: { variable: 'MPMETRICS_TLS_CERT', ...PEM },
  tlsKey: { variable: 'MPMETRICS_TLS_KEY', ...PEM, isSecret: true },
  tlsCa: { variable: 'MPMETRICS_TLS_CA', ...PEM },
  username: { variable: 'MPMETRICS_USERNAME', ...CREDENTIAL },
  password: { variable: 'MPMETRICS_PASSWORD', ...CREDENTIAL, isSecret: true },
  bearerToken: { variable: 'MPMETRICS_BEARER_TOKEN', ...CREDENTIAL, isSecret: true },
  maxBlockedSeconds: {
    variable: 'MPMETRICS_MAX_BLOCKED_SECONDS',
    parse: parseNumber,
    isValid: isMaxBlockedSeconds,
    words: 'must be a number of seconds from 0.05 to 86400',
    initial: MAX_BLOCKED_SECONDS,
  },
  maxScrapes: {
    variable: 'MPMETRICS_MAX_SCRAPES',
    parse: parseNumber,
    isValid: isMaxScrapes,
    words: 'must be a whole number from 1',
    initial: MAX_SCRAPES,
  },
};
