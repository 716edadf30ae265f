// The format and the compression of a response, by the headers of the request.

import type { Format } from '../heap/request';

/**
 * The format for an `Accept` header: OpenMetrics if the client prefers it, and the Prometheus text format 0.0.4
 * otherwise.
 * @internal
 */
export function formatFor(accept: string | undefined): Format {
  if (accept === undefined) return 'text';
  const wanted = preferences(accept);
  const openMetrics = Math.max(
    0,
    ...wanted
      .filter(({ name, parameters }) => {
        const version = parameters.get('version');
        return (
          name === 'application/openmetrics-text' && (version === undefined || version === '1.0.0')
        );
      })
      .map(({ quality }) => quality),
  );
  // A wildcard is satisfied by text.
  const text = Math.max(
    0,
    ...wanted.filter(({ name }) => name === 'text/plain').map(({ quality }) => quality),
  );
  return openMetrics > 0 && openMetrics >= text ? 'openmetrics' : 'text';
}

/** Whether an `Accept-Encoding` header asks for gzip. @internal */
export function acceptsGzip(acceptEncoding: string | undefined): boolean {
  const wanted = preferences(acceptEncoding ?? '');
  const gzip = wanted.find(({ name }) => name === 'gzip' || name === 'x-gzip');
  const any = gzip ?? wanted.find(({ name }) => name === '*');
  return any !== undefined && any.quality > 0;
}

interface Preference {
  name: string;
  quality: number;
  parameters: Map<string, string>;
}

/** The items of a header such as `one;a=b;q=0.5, other`. */
function preferences(header: string): Preference[] {
  return header
    .split(',')
    .map((part) => {
      const [name = '', ...rest] = part.split(';').map((word) => word.trim().toLowerCase());
      const parameters = new Map(
        rest.map((parameter) => {
          const [key = '', value = ''] = parameter.split('=');
          return [key.trim(), value.trim().replace(/^"(.*)"$/, '$1')];
        }),
      );
      const quality = Number(parameters.get('q') ?? 1);
      return { name, parameters, quality: quality >= 0 && quality <= 1 ? quality : 0 };
    })
    .filter(({ name }) => name !== '');
}
