// The memory of this isolate's JavaScript heap.

// oxlint-disable-next-line import/default -- the compiler makes one of `export =`
import builtin from '../builtin.cjs';
import type { DefaultMetricsContext } from './context';

/** @internal */
export function heapSizeAndUsed(context: DefaultMetricsContext): void {
  const { labels } = context;
  const total = context.gauge({
    name: 'nodejs_heap_size_total_bytes',
    help: 'Process heap size from Node.js in bytes.',
    collect: () => {
      const usage = memoryUsage();
      if (usage === undefined) return;
      total.set(labels, usage.heapTotal);
      used.set(labels, usage.heapUsed);
      if (usage.external !== undefined) external.set(labels, usage.external);
    },
  });
  const used = context.gauge({
    name: 'nodejs_heap_size_used_bytes',
    help: 'Process heap size used from Node.js in bytes.',
  });
  const external = context.gauge({
    name: 'nodejs_external_memory_bytes',
    help: 'Node.js external memory size in bytes.',
  });
}

/** On some platforms this call throws at times. */
function memoryUsage(): NodeJS.MemoryUsage | undefined {
  try {
    return process.memoryUsage();
  } catch {
    return undefined;
  }
}

/** @internal */
export function heapSpacesSizeAndUsed(context: DefaultMetricsContext): void {
  if (!hasSpaces()) return;
  const { labels } = context;
  const gauge = (what: string, collect?: () => void): ReturnType<DefaultMetricsContext['gauge']> =>
    context.gauge({
      name: `nodejs_heap_space_size_${what}_bytes`,
      help: `Process heap space size ${what} from Node.js in bytes.`,
      labelNames: ['space'],
      ...(collect && { collect }),
    });

  const total = gauge('total', () => {
    for (const statistics of builtin.v8().getHeapSpaceStatistics()) {
      const name = statistics.space_name;
      const space = name.slice(0, Math.max(0, name.indexOf('_space')));
      total.set({ space, ...labels }, statistics.space_size);
      used.set({ space, ...labels }, statistics.space_used_size);
      available.set({ space, ...labels }, statistics.space_available_size);
    }
  });
  const used = gauge('used');
  const available = gauge('available');
}

/** Whether the runtime has heap spaces. */
function hasSpaces(): boolean {
  try {
    builtin.v8().getHeapSpaceStatistics();
    return true;
  } catch (error) {
    if ((error as { code?: unknown }).code === 'ERR_NOT_IMPLEMENTED') return false;
    throw error;
  }
}
