// CPU time of the process.

import { spanExemplar } from './span';
import type { DefaultMetricsContext } from './context';

/**
 * Counts the CPU time since the last scrape, so that the application's total does not go back when a process ends.
 * @internal
 */
export function processCpuTotal(context: DefaultMetricsContext): void {
  const { labels } = context;
  const { enableExemplars = false } = context.configuration;
  let last = process.cpuUsage();

  const refresh = (): void => {
    const usage = process.cpuUsage();
    const userSeconds = (usage.user - last.user) / 1e6;
    const systemSeconds = (usage.system - last.system) / 1e6;
    const seconds = (usage.user - last.user + (usage.system - last.system)) / 1e6;
    last = usage;
    if (!context.reportsProcess) return;
    if (enableExemplars) {
      const exemplarLabels = spanExemplar();
      user.inc({ labels, value: userSeconds, exemplarLabels });
      system.inc({ labels, value: systemSeconds, exemplarLabels });
      both.inc({ labels, value: seconds, exemplarLabels });
    } else {
      user.inc(labels, userSeconds);
      system.inc(labels, systemSeconds);
      both.inc(labels, seconds);
    }
  };

  const user = context.counter({
    name: 'process_cpu_user_seconds_total',
    help: 'Total user CPU time spent in seconds.',
    enableExemplars,
    collect: refresh,
  });
  const system = context.counter({
    name: 'process_cpu_system_seconds_total',
    help: 'Total system CPU time spent in seconds.',
    enableExemplars,
  });
  const both = context.counter({
    name: 'process_cpu_seconds_total',
    help: 'Total user and system CPU time spent in seconds.',
    enableExemplars,
  });
}
