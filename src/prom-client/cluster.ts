// Registries for clusters, under prom-client's names. Every registry shows the whole application here. These classes
// only select registries, and join their texts.

// oxlint-disable-next-line import/default -- the compiler makes one of `export =`
import builtin from '../builtin.cjs';
import { prometheusContentType } from '../registry/content-type';
import { coded } from '../errors';
import { Counter } from '../metrics/counter';
import { globalRegistry, Registry } from '../registry/registry';
import { readFamilies } from '../heap/request';
import { SERIES } from '../registry/contents';
import { isRegistry, viewOf } from '../registry/merged';
import { joined } from '../present/joined';
import { dataOf, encodingOf, readHeaps, textOf } from '../registry/read';
import type { AnyRegistry } from '../registry/registry';
import type { PrometheusContentType, RegistryContentType } from '../registry/content-type';

/** Counts the selected registries, across processes. No scrape shows it. */
const CHOSEN = 'mpmetrics_cluster_registries_total';

/** The argument of `setRegistries` in this isolate; null if it was not called. */
let chosen: Registry[] | null = null;

/** Scrapes that have not ended yet. */
const pending = new Set<Promise<unknown>>();

/**
 * The metrics of all processes of a cluster, its primary included.
 *
 * The values lie in shared memory, so no process has to be asked. Any process can answer at once, even if all others
 * are busy. The values of a worker stay after its end.
 *
 * ```ts
 * const cluster = new AggregatorRegistry();
 * http.createServer(async (_, response) => response.end(await cluster.clusterMetrics())).listen(9100);
 * ```
 */
export class AggregatorRegistry<
  T extends RegistryContentType = PrometheusContentType,
> extends Registry<T> {
  /**
   * A registry for the metrics of the application.
   *
   * @param contentType The exposition format. Default: the Prometheus text format. Throws a `TypeError` for an unknown
   *   one.
   */
  constructor(contentType: T = prometheusContentType as T) {
    super(contentType);
  }

  /**
   * The metrics of the application as text: those of the global registry, unless `setRegistries` has selected others.
   * Metrics with the aggregator `omit` are omitted. The text is empty if there are no
   * metrics and this process has no workers.
   */
  async clusterMetrics(): Promise<string> {
    const text = await track(read(this.contentType));
    // prom-client's answer where there is nobody to ask.
    return text.includes('# TYPE ') || hasWorkers() ? text : '';
  }

  /**
   * Waits for pending scrapes, at most `timeout` milliseconds (default: 5000). Nothing needs to be saved: the values of
   * a process stay when it ends.
   */
  async shutdown(timeout = 5000): Promise<void> {
    if (pending.size === 0) return;
    let timer: NodeJS.Timeout | undefined;
    const elapsed = new Promise((resolve) => {
      timer = setTimeout(resolve, timeout);
    });
    await Promise.race([Promise.allSettled(pending), elapsed]);
    clearTimeout(timer);
  }

  /**
   * Selects the registries that `clusterMetrics` shows in every process. Replaces the former selection of this process
   * or thread. Registries without a name are shared by their position in the list from now on. Throws a `TypeError` if
   * an argument is no registry.
   */
  static setRegistries(registries: AnyRegistry | AnyRegistry[]): void {
    // A copy: the caller may change its array.
    const list = [registries].flat();
    for (const registry of list as unknown[]) {
      if (!isRegistry(registry)) {
        throw coded(
          new TypeError(`Expected Registry, got ${typeof registry}`),
          'MPMETRICS_BAD_ARGUMENT',
        );
      }
    }
    chosen = list as Registry[];
    chosen.forEach(share);
    announce(new Set(chosen.map(keyOf)));
  }
}

/** The same under its newer name. */
export const ClusterRegistry = AggregatorRegistry;
/** The same under its newer name. */
export type ClusterRegistry<T extends RegistryContentType = PrometheusContentType> =
  AggregatorRegistry<T>;

/** The metrics of all worker threads, and of everything else in the application. */
export class WorkerRegistry<
  T extends RegistryContentType = PrometheusContentType,
> extends AggregatorRegistry<T> {
  /** Whether this thread coordinates the others. No thread needs to. */
  readonly primary: boolean;

  /**
   * A registry for the metrics of the application.
   *
   * @param contentType As for `AggregatorRegistry`.
   * @param primary Stored without effect. Default: whether this is the main thread.
   */
  constructor(contentType?: T, primary: boolean = builtin.workerThreads().isMainThread) {
    super(contentType);
    this.primary = primary;
  }

  /** How many worker threads must be asked: none. */
  static workerCount(): number {
    return 0;
  }

  /** The metrics of the application as text, as from `clusterMetrics`. */
  async workerMetrics(): Promise<string> {
    return this.clusterMetrics();
  }
}

function hasWorkers(): boolean {
  return Object.values(builtin.cluster().workers ?? {}).some((worker) => worker?.isConnected());
}

async function track<Result>(promise: Promise<Result>): Promise<Result> {
  pending.add(promise);
  try {
    return await promise;
  } finally {
    pending.delete(promise);
  }
}

/** One registry after the other. Metrics that several registries have are combined, like those of several processes. */
async function read(contentType: RegistryContentType): Promise<string> {
  const views = (await registriesInForce()).map((registry) => viewOf(registry).forCluster());
  const encoding = encodingOf(contentType);
  const texts = await Promise.all(views.map(async (view) => textOf(view, encoding)));
  const names = texts.flatMap((text) => text.match(/^# TYPE \S+/gm) ?? []);
  if (new Set(names).size === names.length) return joined(texts, encoding.format);
  const lists = await Promise.all(views.map(async (view) => dataOf(view)));
  return Registry.aggregate(lists, contentType).metrics();
}

/** The registries that this or any other process has selected, or else the global registry. */
async function registriesInForce(): Promise<Registry[]> {
  const known = chosen ?? [];
  const seen = await readHeaps(viewOf(choices), async (scope) =>
    readFamilies(scope, { collectWaitMs: 0 }),
  );
  const elsewhere = seen
    .flat()
    .flatMap(({ series }) => series.map(({ labels }) => labels[1] as string))
    .filter((key) => !known.some((registry) => keyOf(registry) === key))
    .map((key) => registryAt(key));
  const all = [...known, ...elsewhere];
  return all.length > 0 ? all : [globalRegistry];
}

function registryAt(key: string): Registry {
  const { location } = viewOf(globalRegistry);
  return key === location.key ? globalRegistry : new Registry(undefined, location.sibling(key));
}

function keyOf(registry: Registry): string {
  return viewOf(registry).location.key;
}

/** The registry with the selections of all processes. */
const choices = registryAt('internal:cluster');
let counter: Counter<'registry'> | undefined;

/** The keys that this isolate has added to the selections. */
let announced: ReadonlySet<string> = new Set();

/** By position in the list: how many registries without a name have been there. Registries with the same key are one. */
const sharing: number[] = [];

/**
 * Shares a registry without a name with the registries that other isolates have selected at that position equally
 * often.
 */
function share(registry: Registry, index: number): void {
  const before = sharing[index] ?? 0;
  const key = before === 0 ? `cluster:${index}` : `cluster:${index}:${before}`;
  if (viewOf(registry).location.share(key)) sharing[index] = before + 1;
}

/** Adds the keys to the selections of all processes. They stay until they are withdrawn, or until the heap ends. */
function announce(keys: ReadonlySet<string>): void {
  counter ??= new Counter({
    name: CHOSEN,
    help: 'Registries that were chosen for clusterMetrics',
    labelNames: ['registry'],
    registers: [choices],
  });
  for (const registry of announced) {
    // Other isolates may have selected it as well.
    if (!keys.has(registry))
      counter[SERIES].discard([{ registry }], (at, labels) => at.unbind(labels));
  }
  for (const registry of keys) if (!announced.has(registry)) counter.inc({ registry });
  announced = keys;
}
