// Asks a server for something, as a client that adds nothing of its own.
import { once } from 'node:events';
import { request as sendRequest, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';

/** What was answered. */
export interface Answer {
  status: number | undefined;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

/** One request, with nothing added to it. */
export async function ask(
  url: string,
  { method = 'GET', headers = {} }: { method?: string; headers?: Record<string, string> } = {},
): Promise<Answer> {
  // Trying all addresses of `localhost`, Node gives each a quarter of a second, which a busy machine needs.
  const request = sendRequest(url.replace('localhost', '127.0.0.1'), {
    method,
    headers,
    agent: false,
  });
  // Awaited errors are thrown by `once`, later ones end the reading.
  request.on('error', () => undefined);
  request.end();
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  const parts: Buffer[] = [];
  for await (const part of response) parts.push(part as Buffer);
  return { status: response.statusCode, headers: response.headers, body: Buffer.concat(parts) };
}
