// Guides by the way in which their code is tested.

/** Guides in which each block of code is a program of its own, with its imports. */
export const GUIDES_OF_PROGRAMS: readonly string[] = [
  'choosing-a-metric',
  'containers',
  'default-metrics',
  'from-python',
  'labels',
  'migrating',
  'opentelemetry',
  'pm2',
  'prometheus-and-grafana',
  'summaries-and-histograms',
  'upgrading',
];
