// The metrics of incoming requests: their durations, and the number in progress.

import { Gauge, Histogram } from '../../index';
import { secondsSince } from './clock';
import type { HttpNames, ServedRequest } from './names';
import { methodAndScheme, type OpenRequest } from './open-request';

/** A child of the histogram. */
type Series = Histogram.Internal<string>;

/** The versions of HTTP, by number. */
const VERSIONS = ['1.0', '1.1', '2'];
/**
 * The most routes with a fast look-up. More routes cannot all be templates. Then the index is cleared, and is built
 * again.
 */
const MOST_ROUTES = 2_000;

/** The metrics of incoming requests. @internal */
export class ServerMetrics {
  readonly #names: HttpNames;
  readonly #seconds: Histogram;
  readonly #active: Gauge;
  /** The children of the gauge, by kind. */
  readonly #activeByKind: Gauge.Internal<string>[] = [];
  /** The children of the histogram, by route and then by all other labels as one number. */
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

  /** Records that a request begins. */
  begin({ kind }: OpenRequest): void {
    (this.#activeByKind[kind] ?? this.#activeOf(kind)).inc();
  }

  /** Records that a request has ended. */
  end(request: OpenRequest): void {
    const { kind, status, version, isBroken } = request;
    const seconds = secondsSince(request.start);
    request.isOpen = false;
    this.#activeByKind[kind]?.dec();
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

  #seriesOf({ kind, status, route, version, isBroken }: OpenRequest, rest: number): Series {
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
