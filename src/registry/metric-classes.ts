// The classes of metrics, for the types of registries. `metrics/any-metric.ts` fills the list.

/** The class of each kind of metric. */
// oxlint-disable-next-line no-unused-vars -- the classes that are added have the parameter
export interface MetricClasses<T extends string> {}

/** Any of the metrics. */
export type Metric<T extends string = string> = MetricClasses<T>[keyof MetricClasses<T>];
