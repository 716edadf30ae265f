// Modules of Node.js that take time and memory to load, each loaded at its first use.
//
// This file is CommonJS, because only CommonJS can load a module synchronously within a function. The names have no
// `node:` prefix, since mocks of test tools expect the bare names.

import type * as AsyncHooks from 'async_hooks';
import type * as Cluster from 'cluster';
import type * as Crypto from 'crypto';
import type * as Http from 'http';
import type * as Https from 'https';
import type * as PerfHooks from 'perf_hooks';
import type * as Tls from 'tls';
import type * as V8 from 'v8';
import type * as WorkerThreads from 'worker_threads';
import type * as Zlib from 'zlib';

/** @internal */
const builtin = {
  asyncHooks: (): typeof AsyncHooks => require('async_hooks'),
  cluster: (): typeof Cluster.default => require('cluster'),
  crypto: (): typeof Crypto => require('crypto'),
  http: (): typeof Http => require('http'),
  https: (): typeof Https => require('https'),
  perfHooks: (): typeof PerfHooks => require('perf_hooks'),
  /** The global clock, which fake timers replace, or Node's own where a test tool has no such global. */
  performance: (): Pick<PerfHooks.Performance, 'now' | 'timeOrigin'> =>
    globalThis.performance ?? builtin.perfHooks().performance,
  tls: (): typeof Tls => require('tls'),
  v8: (): typeof V8 => require('v8'),
  workerThreads: (): typeof WorkerThreads => require('worker_threads'),
  zlib: (): typeof Zlib => require('zlib'),
};

export = builtin;
