// The metrics of requests that come in: how long they took, and how many are in progress.

import { Gauge, Histogram } from '../../index';
import { METHODS } from './methods';
import type { HttpNames, ServedRequest } from './names';

/** A series of the histogram, held. */
type Series = Histogram.Internal<string>;

/** The versions of HTTP, by number. */
const VERSIONS = ['1.0', '1.1', '2'];
/** So many routes are looked up fast. More of them are no templates: they work, and what they leave here is dropped. */
const MOST_ROUTES = 2_000;

/** A request in a few numbers, so that its series is found without making a text or an object. @internal */
export interface RequestEnd {
  /** The number of its method, and whether its connection is encrypted, as `kindOf` gives it. */
  kind: number;
  /** The status of the response; 0 if none was sent. */
  status: number;
  route: string | undefined;
  /** 0 for HTTP/1.0, 1 for HTTP/1.1, 2 for HTTP/2. */
  version: number;
  /** Whether the client, or this side, has broken off the connection before the response was sent. */
  isBroken: boolean;
}

/** The kind of a request: what of it is known when it begins. @internal */
export function kindOf(methodNumber: number, isEncrypted: boolean): number {
  return methodNumber * 2 + (isEncrypted ? 1 : 0);
}

/** The metrics of requests that come in. @internal */
export class ServerMetrics {
  readonly #names: HttpNames;
  readonly #seconds: Histogram;
  readonly #active: Gauge;
  /** Gauges in progress by kind. */
  readonly #activeByKind: Gauge.Internal<string>[] = [];
  /** Series by route, then by everything else as one number. */
  readonly #byRoute = new Map<string | undefined, Map<number, Series>>();

  constructor(names: HttpNames) {
    const { served, active, buckets } = names;
    this.#names = names;
    this.#seconds = Histogram.getOrCreate({
      name: served.name,
      help: served.help,
      labelNames: [...served.labelNames],
      buckets: [...buckets],
    });
    this.#active = Gauge.getOrCreate({
      name: active.name,
      help: active.help,
      labelNames: [...active.labelNames],
    });
  }

  /** A request has begun. */
  begin(kind: number): void {
    (this.#activeByKind[kind] ?? this.#activeOf(kind)).inc();
  }

  /** It has ended. */
  end(request: RequestEnd, seconds: number): void {
    this.#activeByKind[request.kind]?.dec();
    const { kind, status, version, isBroken } = request;
    const rest = ((status * VERSIONS.length + version) * 2 + (isBroken ? 1 : 0)) * 32 + kind;
    const series = this.#byRoute.get(request.route)?.get(rest) ?? this.#seriesOf(request, rest);
    series.observe(seconds);
  }

  #activeOf(kind: number): Gauge.Internal<string> {
    while (this.#activeByKind.length <= kind) {
      const labels = this.#names.active.labels(methodAndScheme(this.#activeByKind.length));
      this.#activeByKind.push(this.#active.labels(labels));
    }
    return this.#activeByKind[kind] as Gauge.Internal<string>;
  }

  #seriesOf({ kind, status, route, version, isBroken }: RequestEnd, rest: number): Series {
    const request: ServedRequest = {
      ...methodAndScheme(kind),
      ...(status > 0 && { status }),
      ...(isBroken && { error: 'aborted' }),
      version: VERSIONS[version] as string,
      route,
    };
    const series = this.#seconds.labels(this.#names.served.labels(request));
    if (this.#byRoute.size >= MOST_ROUTES) this.#byRoute.clear();
    let known = this.#byRoute.get(route);
    if (known === undefined) this.#byRoute.set(route, (known = new Map()));
    known.set(rest, series);
    return series;
  }
}

function methodAndScheme(kind: number): { method: string; scheme: 'http' | 'https' } {
  return { method: METHODS[kind >> 1] as string, scheme: kind & 1 ? 'https' : 'http' };
}
