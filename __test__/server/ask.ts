// Requests from a server, by a client that adds nothing.
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { request as sendRequest, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { request as sendSecure, type RequestOptions } from 'node:https';
import { text } from 'node:stream/consumers';
import type { TLSSocket } from 'node:tls';
import { fileURLToPath } from 'node:url';

/** The answer. */
export interface Answer {
  status: number | undefined;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

/** One request, without additions. */
export async function ask(
  url: string,
  { method = 'GET', headers = {} }: { method?: string; headers?: Record<string, string> } = {},
): Promise<Answer> {
  // Node gives each address of `localhost` a quarter of a second, and a busy machine needs longer.
  const request = sendRequest(url.replace('localhost', '127.0.0.1'), {
    method,
    headers,
    agent: false,
  });
  // `once` throws awaited errors, and later errors end the reading.
  request.on('error', () => undefined);
  request.end();
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  const parts: Buffer[] = [];
  for await (const part of response) parts.push(part as Buffer);
  return { status: response.statusCode, headers: response.headers, body: Buffer.concat(parts) };
}

/** The path of a certificate or key for tests. */
export function pem(name: string): string {
  return fileURLToPath(new URL(`tls/${name}.pem`, import.meta.url));
}

/** The answer over TLS, from a server whose certificate the test's authority has signed. */
export async function askSecure(
  url: string,
  options: RequestOptions = {},
): Promise<{ status: number; headers: IncomingHttpHeaders; body: string; subject: string }> {
  return new Promise((resolve, reject) => {
    const ca = readFileSync(pem('ca'));
    const sent = sendSecure(url.replace('localhost', '127.0.0.1'), {
      agent: false,
      ca,
      ...options,
    });
    sent.on('error', reject);
    sent.on('response', (response) => {
      const { subject } = (response.socket as TLSSocket).getPeerCertificate();
      text(response).then(
        (body) =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body,
            subject: String(subject.CN),
          }),
        reject,
      );
    });
    sent.end();
  });
}
