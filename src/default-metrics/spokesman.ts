// Which thread speaks for its process: CPU time, memory and descriptors belong to all threads of a process together,
// so that only one of those that collect default metrics may record them.

// oxlint-disable-next-line import/default -- the compiler makes one of `export =`
import builtin from '../builtin.cjs';
import { Gauge } from '../gauge';
import { identity, isOff } from '../native';
import { Registry } from '../registry';

const PRESENT = 'mpmetrics_default_metrics_threads';

/**
 * Finds out whether this thread is the one. The main thread always is. Another one is, as long as none with a lower
 * number collects the same metrics in the same process: each says so in a gauge that no scrape shows, and that vanishes
 * with its thread.
 * @internal
 */
export class Spokesman {
  readonly #register: Registry | null = null;
  readonly #labels: { process: string; scope: string } = { process: '', scope: '' };
  readonly #thread = builtin.workerThreads().threadId;
  #speaks = this.#thread === 0;

  /**
   * @param registry The registry that shows the metrics.
   * @param prefix What their names begin with: other names are other metrics.
   */
  constructor(registry: Registry, prefix: string) {
    if (isOff) return;
    const { key, seat } = registry.home;
    const register = new Registry(undefined, { key: 'internal:default-metrics', seat });
    this.#register = register;
    this.#labels = { process: thisProcess(), scope: `${prefix} ${key}` };
    new Gauge({
      name: PRESENT,
      help: 'Threads that collect default metrics',
      labelNames: ['process', 'scope', 'thread'],
      registers: [register],
    }).set({ ...this.#labels, thread: this.#thread }, 1);
    this.listen();
  }

  /** Whether it is this thread, as far as is known. */
  get speaks(): boolean {
    return this.#speaks;
  }

  /** Looks again who is there. The answer takes a moment, and does not keep the process alive. */
  listen(): void {
    if (this.#thread > 0 && this.#register !== null) void this.#listen(this.#register);
  }

  async #listen(register: Registry): Promise<void> {
    try {
      const metrics = await register.getMetricsAsJSON();
      const labels = metrics.flatMap(({ values }) => values.map((value) => value.labels));
      this.#speaks = !labels.some((others) => this.#isLower(others));
    } catch {
      // Not now, then: the next time.
    }
  }

  #isLower({ process: other, scope, thread }: Record<string, unknown>): boolean {
    const { process: own, scope: ownScope } = this.#labels;
    return other === own && scope === ownScope && Number(thread) < this.#thread;
  }
}

/** What no other process is called, in whichever container it runs. */
function thisProcess(): string {
  const { pidNamespace, pid, startTime } = identity();
  return `${pidNamespace} ${pid} ${startTime}`;
}
