// The names of the default metrics without prefix, by group, as in prom-client's `lib/metrics`.

const lag = ['', '_min', '_max', '_mean', '_stddev', '_p50', '_p90', '_p99'];

/** The names of the metrics that each group may have. @internal */
export const metricNames: Readonly<Record<string, readonly string[]>> = {
  processCpuTotal: ['user_', 'system_', ''].map((mode) => `process_cpu_${mode}seconds_total`),
  processStartTime: ['process_start_time_seconds'],
  osMemoryHeap: ['resident_memory', 'virtual_memory', 'heap'].map((of) => `process_${of}_bytes`),
  processOpenFileDescriptors: ['process_open_fds'],
  processMaxFileDescriptors: ['process_max_fds'],
  eventLoopLag: lag.map((what) => `nodejs_eventloop_lag${what}_seconds`),
  eventLoopUtilization: ['summary', 'histogram'].map((as) => `nodejs_eventloop_utilization_${as}`),
  processResources: ['nodejs_active_resources', 'nodejs_active_resources_total'],
  processHandles: ['nodejs_active_handles', 'nodejs_active_handles_total'],
  processRequests: ['nodejs_active_requests', 'nodejs_active_requests_total'],
  heapSizeAndUsed: [
    'nodejs_heap_size_total_bytes',
    'nodejs_heap_size_used_bytes',
    'nodejs_external_memory_bytes',
  ],
  heapSpacesSizeAndUsed: ['total', 'used', 'available'].map(
    (what) => `nodejs_heap_space_size_${what}_bytes`,
  ),
  version: ['nodejs_version_info'],
  gc: ['nodejs_gc_duration_seconds'],
};
