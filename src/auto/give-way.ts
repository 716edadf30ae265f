// An application that makes metrics of the same names itself gets its own: ours give way, instead of refusing it.

import { register } from '../../index';

/** Has all metrics that the global registry shows now give way to others of their names. @internal */
export function giveWay(): void {
  const ours = new Set<unknown>(register.getMetricsAsArray());
  const { registerMetric } = register;
  register.registerMetric = function registerInstead(metric): void {
    const present = this.getSingleMetric(metric.name);
    if (present !== metric && ours.delete(present)) this.removeSingleMetric(metric.name);
    registerMetric.call(this, metric);
  };
}
