// Memory of the process, as the operating system sees it.

import fs from 'fs';
import type { DefaultMetricsContext } from './context';

/** @internal */
export function osMemoryHeap(context: DefaultMetricsContext): void {
  const isLinux = process.platform === 'linux';
  const { labels } = context;
  const resident = context.gauge({
    name: 'process_resident_memory_bytes',
    help: 'Resident memory size in bytes.',
    collect: () => {
      if (!context.reportsProcess) return;
      if (isLinux) refresh();
      else resident.set(labels, process.memoryUsage.rss());
    },
  });
  if (!isLinux) return;
  const virtual = context.gauge({
    name: 'process_virtual_memory_bytes',
    help: 'Virtual memory size in bytes.',
  });
  const heap = context.gauge({
    name: 'process_heap_bytes',
    help: 'Process heap size in bytes.',
  });

  function refresh(): void {
    const status = readStatus();
    const found = { resident: 'VmRSS', virtual: 'VmSize', heap: 'VmData' } as const;
    for (const [gauge, line] of [
      [resident, found.resident],
      [virtual, found.virtual],
      [heap, found.heap],
    ] as const) {
      const bytes = status(line);
      if (bytes !== undefined) gauge.set(labels, bytes);
    }
  }
}

/** The kernel has these figures in memory, so the synchronous read waits for nothing. */
function readStatus(): (name: string) => number | undefined {
  let text = '';
  try {
    text = fs.readFileSync('/proc/self/status', 'utf8');
  } catch {
    // Without this file system, the values stay.
  }
  return (name) => {
    const found = new RegExp(`^${name}:\\s*(\\d+) kB$`, 'm').exec(text);
    return found === null ? undefined : Number(found[1]) * 1024;
  };
}
