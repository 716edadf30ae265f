// Any of the metrics, as one type.

import type { Counter } from './counter';
import type { Enum } from './enum';
import type { Gauge } from './gauge';
import type { Histogram } from './histogram';
import type { Info } from './info';
import type { Summary } from './summary';

// The registry returns metrics of these classes, but its room lies below. So each class is declared to the registry
// here.
declare module '../registry/metric-classes' {
  interface MetricClasses<T extends string> {
    counter: Counter<T>;
    gauge: Gauge<T>;
    histogram: Histogram<T>;
    summary: Summary<T>;
    info: Info<T>;
    enum: Enum<T>;
  }
}

export type { Metric } from '../registry/metric-classes';

/** A function that collects metrics: prom-client's type. */
export type Collector = () => void;
