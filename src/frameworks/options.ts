// The common options of all frameworks, and the path of the page.

import type { MeasureOptions, PageOptions } from '../http/http';

/** The options of the measurement and of the page. */
export interface MetricsOptions extends MeasureOptions, PageOptions {
  /** The path of the page; false: there is none. Default: `/metrics`. */
  readonly path?: string | false;
}

/** The path of the page. @internal */
export function pathOf({ path = '/metrics' }: MetricsOptions): string | false {
  return path;
}

/** Whether a request is for the page. @internal */
export function asks(
  method: string | undefined,
  url: string | undefined,
  path: string | false,
): boolean {
  if (path === false || (method !== 'GET' && method !== 'HEAD')) return false;
  return url?.split('?', 1)[0] === path;
}
