// The reporter of a process. CPU time, memory and descriptors belong to all threads of a process together, so only one
// of its threads may record them.

import { Gauge } from '../metrics/gauge';
import { identity, isOff } from '../heap/native';
import { Registry } from '../registry/registry';
import { readFamilies } from '../heap/request';
import { threadNumber } from '../heap/thread-number';
import { viewOf } from '../registry/merged';
import { readHeaps } from '../registry/read';

const PRESENT = 'mpmetrics_default_metrics_threads';

/**
 * Finds out whether this thread is the reporter. The main thread always is. Another thread is, if no thread with a
 * lower number collects the same metrics in the same process. Each thread announces itself in a gauge that no scrape
 * shows. The series of a thread vanishes with the thread.
 * @internal
 */
export class ProcessReporter {
  readonly #register: Registry | null = null;
  readonly #labels: { process: string; scope: string } = { process: '', scope: '' };
  readonly #thread = threadNumber();
  #reports = this.#thread === 0;
  #isAsking = false;

  /**
   * @param registry The registry of the metrics.
   * @param prefix The prefix of their names. Metrics with another prefix have a reporter of their own.
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
    this.#refresh();
  }

  /**
   * Whether this thread is the reporter, as far as is known. Asks again for the next time, because threads come and go.
   */
  get reports(): boolean {
    this.#refresh();
    return this.#reports;
  }

  /** The answer takes a moment. The question does not keep the process alive. */
  #refresh(): void {
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
      // The next scrape asks again.
    } finally {
      this.#isAsking = false;
    }
  }

  /** Whether these labels, as names and values in turn, belong to a lower thread of this process. */
  #isLower(labels: string[]): boolean {
    const value = (name: string): string | undefined => labels[labels.indexOf(name) + 1];
    const { process: own, scope } = this.#labels;
    return (
      value('process') === own && value('scope') === scope && Number(value('thread')) < this.#thread
    );
  }
}

/** A name that no other process has, not even in another container. */
function thisProcess(): string {
  const { pidNamespace, pid, startTime } = identity();
  return `${pidNamespace} ${pid} ${startTime}`;
}
