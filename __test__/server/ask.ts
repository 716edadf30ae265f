// Requests from a server, by a client that adds nothing.
import { once } from 'node:events';
import { request as sendRequest, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';

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
