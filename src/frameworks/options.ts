// What all frameworks have in common: which requests ask for the metrics.

import type { MeasureOptions, PageOptions } from '../http/http';

/** What is measured, and what is shown where. */
export interface MetricsOptions extends MeasureOptions, PageOptions {
  /** The path of the page; false: there is none. Default: `/metrics`. */
  readonly path?: string | false;
}

/** The path that the options say. @internal */
export function pathOf({ path = '/metrics' }: MetricsOptions): string | false {
  return path;
}

/** Whether a request asks for the page. @internal */
export function asks(
  method: string | undefined,
  url: string | undefined,
  path: string | false,
): boolean {
  if (path === false || (method !== 'GET' && method !== 'HEAD')) return false;
  return url?.split('?', 1)[0] === path;
}
