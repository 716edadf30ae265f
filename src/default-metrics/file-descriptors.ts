// File descriptors of the process.

import fs from 'fs';
import type { DefaultMetricsContext } from './context';

/** @internal */
export function processOpenFileDescriptors(context: DefaultMetricsContext): void {
  if (process.platform !== 'linux') return;
  const open = context.gauge({
    name: 'process_open_fds',
    help: 'Number of open file descriptors.',
    collect: () => {
      if (!context.reportsProcess) return;
      try {
        // Without the descriptor that reads the folder.
        open.set(context.labels, fs.readdirSync('/proc/self/fd').length - 1);
      } catch {
        // At the limit of descriptors this fails too, and the value stays.
      }
    },
  });
}

/** @internal */
export function processMaxFileDescriptors(context: DefaultMetricsContext): void {
  const limit = readLimit();
  if (limit === undefined) return;
  const most = context.gauge({
    name: 'process_max_fds',
    help: 'Maximum number of open file descriptors.',
    collect: () => {
      if (context.reportsProcess) most.set(context.labels, limit);
    },
  });
}

let known: number | undefined;

function readLimit(): number | undefined {
  try {
    const limits = fs.readFileSync('/proc/self/limits', 'utf8');
    const found = /^Max open files\s+(\S+)/m.exec(limits);
    if (found !== null) known ??= found[1] === 'unlimited' ? Infinity : Number(found[1]);
  } catch {
    // No such file system.
  }
  return known;
}
