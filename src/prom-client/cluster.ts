// Registries for clusters, under prom-client's names. All registries show the whole application here, so these only
// say which of them, and in one text.

// oxlint-disable-next-line import/default -- the compiler makes one of `export =`
import builtin from '../builtin.cjs';
import { prometheusContentType } from '../registry/content-type';
import { coded } from '../errors';
import { Counter } from '../metrics/counter';
import { globalRegistry, Registry } from '../registry/registry';
import { readFamilies } from '../heap/request';
import { SERIES } from '../registry/contents';
import { isRegistry, viewOf } from '../registry/merged';
import { dataOf, formatOf, joined, readHeaps, textOf } from '../registry/read';
import type { AnyRegistry } from '../registry/registry';
import type { PrometheusContentType, RegistryContentType } from '../registry/content-type';

/** Says which registries were chosen, across processes. No scrape shows it. */
const CHOSEN = 'mpmetrics_cluster_registries_total';

/** What `setRegistries` was given here; null: nothing. */
let chosen: Registry[] | null = null;

/** Scrapes that have not been answered yet. */
const pending = new Set<Promise<unknown>>();

/**
 * The metrics of all processes of a cluster, its primary included.
 *
 * Nobody is asked: the values lie in shared memory. So any process can answer, with no help of the others, and does so
 * at once however busy they are, and what a worker counted stays after its end.
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
   * @param contentType The format of the metrics. Default: the Prometheus text format. Throws a `TypeError` for one that
   *   there is not.
   */
  constructor(contentType: T = prometheusContentType as T) {
    super(contentType);
  }

  /**
   * The metrics of the application as text: of the global registry, unless `setRegistries` chose others. Those with the
   * aggregator `omit` are left out. An empty text if there are no metrics and this process has no workers.
   */
  async clusterMetrics(): Promise<string> {
    const text = await track(read(this.contentType));
    // prom-client's answer where there is nobody to ask.
    return text.includes('# TYPE ') || hasWorkers() ? text : '';
  }

  /**
   * Waits until all answers under way are given, at most `timeout` milliseconds (default: 5000). There is nothing to be
   * saved: what a process has counted stays when it ends.
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
   * Chooses the registries that `clusterMetrics` shows, wherever it is called, in place of those that this process or
   * thread has chosen before. Those without a name are shared by their place in the list from now on. Throws a `TypeError`
   * for what is no registry.
   */
  static setRegistries(registries: AnyRegistry | AnyRegistry[]): void {
    const list = Array.isArray(registries) ? registries : [registries];
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
  /** Whether this thread was to coordinate the others. None has to. */
  readonly primary: boolean;

  /**
   * @param contentType As for `AggregatorRegistry`.
   * @param primary Kept and not needed. Default: whether this is the main thread.
   */
  constructor(contentType?: T, primary: boolean = builtin.workerThreads().isMainThread) {
    super(contentType);
    this.primary = primary;
  }

  /** How many worker threads have to be asked: none. */
  static workerCount(): number {
    return 0;
  }

  /** The metrics of the application as text, as `clusterMetrics` gives them. */
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

/** Registries one after the other; metrics that several of them have become one, as those of several processes do. */
async function read(contentType: RegistryContentType): Promise<string> {
  const views = (await registriesInForce()).map((registry) => viewOf(registry).forCluster());
  const format = formatOf(contentType);
  const texts = await Promise.all(views.map(async (view) => textOf(view, format)));
  const names = texts.flatMap((text) => text.match(/^# TYPE \S+/gm) ?? []);
  if (new Set(names).size === names.length) return joined(texts, format);
  const lists = await Promise.all(views.map(async (view) => dataOf(view)));
  return Registry.aggregate(lists, contentType).metrics();
}

/** What was chosen here or in any other process; the global registry if nobody chose any. */
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

/** Where the choice is written down. */
const choices = registryAt('internal:cluster');
let counter: Counter<'registry'> | undefined;

/** The keys that are written down there for this isolate. */
let announced: ReadonlySet<string> = new Set();

/** How many registries without a name have had each place in the list: what has the same key is the same registry. */
const sharing: number[] = [];

/** Shares a registry without a name with those that others choose as often at that place. */
function share(registry: Registry, index: number): void {
  const before = sharing[index] ?? 0;
  const key = before === 0 ? `cluster:${index}` : `cluster:${index}:${before}`;
  if (viewOf(registry).location.share(key)) sharing[index] = before + 1;
}

/** Writes down which registries were chosen, for all processes and for as long as any is there, unless it is taken back. */
function announce(keys: ReadonlySet<string>): void {
  counter ??= new Counter({
    name: CHOSEN,
    help: 'Registries that were chosen for clusterMetrics',
    labelNames: ['registry'],
    registers: [choices],
  });
  for (const registry of announced) {
    // Others may have chosen it as well.
    if (!keys.has(registry))
      counter[SERIES].discard([{ registry }], (at, labels) => at.unbind(labels));
  }
  for (const registry of keys) if (!announced.has(registry)) counter.inc({ registry });
  announced = keys;
}
