// Warnings about metrics that another process has declared differently: once for each metric.

import { warn } from '../errors';
import type { NativeHeap } from './native';

/** The milliseconds in which processes that start register their metrics in all registries. */
const SETTLING_TIME = 1000;

/** The declarations of a heap. @internal */
export interface Declarations {
  readonly native: Pick<NativeHeap, 'conflicted'>;
  /** How the declaration of a family differs from that of another live process; null if it does not. */
  rival(name: string, family: number): ReturnType<NativeHeap['rival']>;
}

/** The reports of one attachment. @internal */
export class ConflictReports {
  /** The names that this isolate has declared. Declaring one of them differently is no conflict with other isolates. */
  readonly #declared = new Set<string>();
  /** The metrics that were reported as registered elsewhere in another process. */
  readonly #otherRegistries = new Set<string>();

  /** Notes a declaration, and warns if another process has declared the metric differently. Null: there was no room. */
  declared(name: string, family: number | null, heap: Declarations): void {
    // It is declared again when there is room.
    if (family === null) return;
    const isFirst = !this.#declared.has(name);
    this.#declared.add(name);
    if (!heap.native.conflicted(family)) return;
    if (isFirst && heap.rival(name, family) === 'declaration') {
      warn(
        'MPMETRICS_CONFLICT',
        `The metric ${name} has another type, other labels, buckets or aggregator in another process. Until ` +
          'that process has ended, pages show only its values.',
      );
      return;
    }
    if (this.#otherRegistries.has(name)) return;
    // Later, because processes that have just started may still register the metric in further registries.
    const look = (): void => this.#compareRegistries(name, family, heap);
    // Fake timers of test tools and timers of other runtimes may return a number.
    (setTimeout(look, SETTLING_TIME) as { unref?: () => void }).unref?.();
  }

  #compareRegistries(name: string, family: number, heap: Declarations): void {
    if (this.#otherRegistries.has(name) || heap.rival(name, family) !== 'registries') return;
    this.#otherRegistries.add(name);
    warn(
      'MPMETRICS_CONFLICT',
      `The metric ${name} is in other registries here than in another process or thread, or these have other ` +
        'default labels here. Pages show the values of only one of them. Register the metric in the same registries ' +
        'everywhere, with the same default labels.',
    );
  }
}
