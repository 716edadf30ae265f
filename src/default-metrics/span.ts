// The active span of OpenTelemetry, as labels of an exemplar in prom-client's form.

import { activeSpan } from '../instrument/active-span';

/** `traceId` and `spanId` of the active span; empty without a span or without OpenTelemetry. @internal */
export function spanExemplar(): Record<string, string> {
  const span = activeSpan();
  return span === undefined ? {} : { traceId: span.traceId, spanId: span.spanId };
}
