// Default metrics give way to metrics of the same names that the application makes, instead of refusing them.

import { register } from '../../index';

/** Lets metrics of the application replace all present metrics of the global registry with the same names. @internal */
export function giveWay(): void {
  const ours = new Set<unknown>(register.getMetricsAsArray());
  const { registerMetric } = register;
  register.registerMetric = function registerInstead(metric): void {
    const present = this.getSingleMetric(metric.name);
    if (present !== metric && ours.delete(present)) this.removeSingleMetric(metric.name);
    registerMetric.call(this, metric);
  };
}
