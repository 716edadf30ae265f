// The settings of the endpoint, as the options of the server, and the checks of several of them together.

import { problemOfCredentials, type AuthenticationOptions } from '../server/authentication';
import { readCertificates, type TlsOptions } from '../server/tls';
import type { Settings } from './settings';

/** The certificates that the settings name; undefined if they name none. @internal */
export function tlsOf({ tlsCert: cert, tlsKey: key, tlsCa: ca }: Settings): TlsOptions | undefined {
  if (cert === undefined || key === undefined) return undefined;
  return { cert, key, ...(ca !== undefined && { ca, requestCert: true }) };
}

/** The credentials that the settings name; undefined if they name none. @internal */
export function authenticationOf(settings: Settings): AuthenticationOptions | undefined {
  const { username, password, bearerToken: token } = settings;
  if (username === undefined && password === undefined && token === undefined) return undefined;
  return {
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
    ...(token !== undefined && { token }),
  };
}

/** The faults of settings together, after each alone was found valid. @internal */
export function problemsTogether(settings: Settings): string[] {
  return [...problemsOfTls(settings), ...problemsOfAuthentication(settings)];
}

function problemsOfTls(settings: Settings): string[] {
  const { port, tlsCert, tlsKey, tlsCa } = settings;
  if (tlsCert === undefined && tlsKey === undefined && tlsCa === undefined) return [];
  if (tlsCert === undefined || tlsKey === undefined) {
    return [
      'MPMETRICS_TLS_CERT and MPMETRICS_TLS_KEY must both be set, or neither (nor MPMETRICS_TLS_CA)',
    ];
  }
  if (port === 'application') {
    return [
      "MPMETRICS_TLS_CERT has no effect on the application's own servers (MPMETRICS_PORT=application)",
    ];
  }
  try {
    readCertificates(tlsOf(settings) as TlsOptions);
    return [];
  } catch (error) {
    return [
      `the files of MPMETRICS_TLS_CERT, MPMETRICS_TLS_KEY or MPMETRICS_TLS_CA: ${(error as Error).message}`,
    ];
  }
}

function problemsOfAuthentication(settings: Settings): string[] {
  const options = authenticationOf(settings);
  const problem = options && problemOfCredentials(options);
  return problem === undefined
    ? []
    : [`MPMETRICS_USERNAME, MPMETRICS_PASSWORD and MPMETRICS_BEARER_TOKEN ${problem}`];
}
