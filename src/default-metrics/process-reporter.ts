// Which thread speaks for its process: CPU time, memory and descriptors belong to all threads of a process together,
// so that only one of those that collect default metrics may record them.

// oxlint-disable-next-line import/default -- the compiler makes one of `export =`
import builtin from '../builtin.cjs';
import { Gauge } from '../metrics/gauge';
import { identity, isOff } from '../heap/native';
import { Registry } from '../registry/registry';
import { readFamilies } from '../heap/request';
import { viewOf } from '../registry/merged';
import { readHeaps } from '../registry/read';

const PRESENT = 'mpmetrics_default_metrics_threads';

/**
 * Finds out whether this thread is the one. The main thread always is. Another one is, as long as none with a lower
 * number collects the same metrics in the same process: each says so in a gauge that no scrape shows, and that vanishes
 * with its thread.
 * @internal
 */
export class ProcessReporter {
  readonly #register: Registry | null = null;
  readonly #labels: { process: string; scope: string } = { process: '', scope: '' };
  readonly #thread = builtin.workerThreads().threadId;
  #reports = this.#thread === 0;
  #isAsking = false;

  /**
   * @param registry The registry that shows the metrics.
   * @param prefix What their names begin with: other names are other metrics.
   */
  constructor(registry: Registry, prefix: string) {
    if (isOff) return;
    const { location } = viewOf(registry);
    const register = new Registry(undefined, location.sibling('internal:default-metrics'));
    this.#register = register;
    this.#labels = { process: thisProcess(), scope: `${prefix} ${location.key}` };
    new Gauge({
      name: PRESENT,
      help: 'Threads that collect default metrics',
      labelNames: ['process', 'scope', 'thread'],
      registers: [register],
    }).set({ ...this.#labels, thread: this.#thread }, 1);
    this.#askAgain();
  }

  /** Whether it is this thread, as far as is known. Asks for the next time, since threads come and go. */
  get reports(): boolean {
    this.#askAgain();
    return this.#reports;
  }

  /** The answer takes a moment, and does not keep the process alive. */
  #askAgain(): void {
    if (this.#thread === 0 || this.#register === null || this.#isAsking) return;
    this.#isAsking = true;
    void this.#ask(this.#register);
  }

  async #ask(register: Registry): Promise<void> {
    try {
      const seen = await readHeaps(viewOf(register), async (scope) =>
        readFamilies(scope, { collectWaitMs: 0 }),
      );
      const present = seen.flat().flatMap(({ series }) => series);
      this.#reports = !present.some(({ labels }) => this.#isLower(labels));
    } catch {
      // Not now, then: the next time.
    } finally {
      this.#isAsking = false;
    }
  }

  /** Whether these are the labels of a lower thread of this process; names and values in turn. */
  #isLower(labels: string[]): boolean {
    const value = (name: string): string | undefined => labels[labels.indexOf(name) + 1];
    const { process: own, scope } = this.#labels;
    return (
      value('process') === own && value('scope') === scope && Number(value('thread')) < this.#thread
    );
  }
}

/** What no other process is called, in whichever container it runs. */
function thisProcess(): string {
  const { pidNamespace, pid, startTime } = identity();
  return `${pidNamespace} ${pid} ${startTime}`;
}
