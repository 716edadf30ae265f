// Basic and bearer authentication: the credentials that a request must have, compared in constant time.

// oxlint-disable-next-line import/default -- the compiler makes one of `export =`
import builtin from '../builtin.cjs';

/** The credentials that clients must send. A name and password, a token, or both: then either is enough. */
export interface AuthenticationOptions {
  /** The name for basic authentication, without a colon. */
  readonly username?: string;
  /** The password for basic authentication. */
  readonly password?: string;
  /** The token for bearer authentication. */
  readonly token?: string;
}

/** The names of these options. @internal */
export const AUTHENTICATION_OPTIONS: readonly (keyof AuthenticationOptions)[] = [
  'username',
  'password',
  'token',
];

/** The fault of credentials, as the end of a sentence that names them; undefined if they are valid. @internal */
export function problemOfCredentials(options: AuthenticationOptions): string | undefined {
  const { username, password, token } = options;
  const given = [username, password, token].filter((value) => value !== undefined);
  if (given.some((value) => typeof value !== 'string' || value === '')) return 'must be texts';
  if ((username === undefined) !== (password === undefined)) {
    return 'must have both a username and a password, or neither';
  }
  if (given.length === 0) return 'must have a username and a password, or a token';
  if (username?.includes(':')) return 'must have a username without a colon';
  // RFC 6750, 2.1: a client cannot send any other.
  if (token !== undefined && !/^[\w.~+/-]+=*$/.test(token)) {
    return 'must have a token of letters, digits and - . _ ~ + /';
  }
  return undefined;
}

/**
 * The check of a server. It holds digests only, so credentials are in no message and no dump of it.
 * @internal
 */
export class Authentication {
  readonly #basic: Buffer | undefined;
  readonly #bearer: Buffer | undefined;

  constructor({ username, password, token }: AuthenticationOptions) {
    this.#basic = username === undefined ? undefined : digest(`${username}:${password}`);
    this.#bearer = token === undefined ? undefined : digest(token);
  }

  /** Whether an `Authorization` header has the credentials. */
  accepts(header: string | null | undefined): boolean {
    const [, scheme = '', given = ''] = /^([a-z]+) +(\S+) *$/i.exec(header ?? '') ?? [];
    if (scheme.toLowerCase() === 'basic') {
      return isSame(this.#basic, Buffer.from(given, 'base64').toString());
    }
    return scheme.toLowerCase() === 'bearer' && isSame(this.#bearer, given);
  }

  /** The `WWW-Authenticate` header of a refusal. */
  get challenge(): string {
    const schemes = [
      ...(this.#basic === undefined ? [] : ['Basic realm="metrics", charset="UTF-8"']),
      ...(this.#bearer === undefined ? [] : ['Bearer realm="metrics"']),
    ];
    return schemes.join(', ');
  }
}

/** Digests have one length, so the comparison takes the same time for every text. */
function isSame(expected: Buffer | undefined, given: string): boolean {
  return expected !== undefined && builtin.crypto().timingSafeEqual(expected, digest(given));
}

function digest(text: string): Buffer {
  return builtin.crypto().createHash('sha256').update(text).digest();
}
