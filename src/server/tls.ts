// TLS of the server: its certificate and key, and the certificates of clients that it trusts.

import { readFileSync } from 'fs';
import type { Server } from 'http';
import type { Server as SecureServer } from 'https';
// oxlint-disable-next-line import/default -- the compiler makes one of `export =`
import builtin from '../builtin.cjs';
import { warn } from '../errors';

/** The certificates of a server. Each is the path of a PEM file, or a text in PEM. */
export interface TlsOptions {
  /** The certificate of the server, with those between it and the root. */
  readonly cert: string;
  /** The private key of the certificate, not encrypted. */
  readonly key: string;
  /** The certificates that sign those of clients; only beside `requestCert`. */
  readonly ca?: string;
  /** Whether clients must have a certificate that `ca` has signed (mutual TLS). Default: false. */
  readonly requestCert?: boolean;
}

/** The names of these options. @internal */
export const TLS_OPTIONS: readonly (keyof TlsOptions)[] = ['cert', 'key', 'ca', 'requestCert'];

/** The certificates as texts. @internal */
export interface Certificates {
  readonly cert: string;
  readonly key: string;
  readonly ca?: string;
  readonly requestCert: boolean;
}

/** The interval at which files are read again, in milliseconds. Certificates are renewed long before they expire. */
const READ_EVERY = 5_000;

/** The certificates, read from their files. Throws an error whose message names the option, and has no part of a key. @internal */
export function readCertificates({ cert, key, ca, requestCert = false }: TlsOptions): Certificates {
  const texts = {
    cert: pem('cert', cert),
    key: pem('key', key),
    ...(ca !== undefined && { ca: pem('ca', ca) }),
  };
  try {
    builtin.tls().createSecureContext(texts);
    // A context ignores an authority without a certificate, and would then trust those of the system.
    if (texts.ca !== undefined) void new (builtin.crypto().X509Certificate)(texts.ca);
  } catch (error) {
    throw new Error(`cannot be used: ${(error as Error).message}`, { cause: error });
  }
  return { ...texts, requestCert };
}

/** Uses the certificates of the files as soon as they have changed, for new connections. @internal */
export function followFiles(server: Server, options: TlsOptions): void {
  let present = JSON.stringify(readCertificates(options));
  let isBroken = false;
  const follow = (): void => {
    try {
      const certificates = readCertificates(options);
      const next = JSON.stringify(certificates);
      if (next !== present) (server as SecureServer).setSecureContext(certificates);
      present = next;
      isBroken = false;
    } catch (error) {
      // The files may be half written. One warning tells if they stay so.
      if (!isBroken) {
        warn('MPMETRICS_TLS', 'The former certificate of the metrics server is kept.', error);
      }
      isBroken = true;
    }
  };
  setInterval(follow, READ_EVERY).unref();
}

function pem(option: keyof TlsOptions, given: string): string {
  if (given.includes('-----BEGIN ')) return given;
  try {
    return readFileSync(given, 'utf8');
  } catch (error) {
    throw new Error(`cannot be read ("${option}": ${codeOf(error)})`, { cause: error });
  }
}

/** A message of the system would repeat a path, which may be a key by mistake. */
function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? 'unknown error';
}
