// The current span of OpenTelemetry, as labels of an exemplar.

// The key under which every copy of @opentelemetry/api 1.x registers itself, and the key of a span in a context.
const API = Symbol.for('opentelemetry.js.api.1');
const SPAN = Symbol.for('OpenTelemetry Context Key SPAN');

interface Span {
  spanContext(): { traceId: string; spanId: string };
}

interface Api {
  context?: { active(): { getValue(key: symbol): Span | undefined } };
}

/** `traceId` and `spanId` of the current span; empty without a span or without OpenTelemetry. @internal */
export function spanExemplar(): Record<string, string> {
  const api = (globalThis as { [API]?: Api })[API];
  const span = api?.context?.active().getValue(SPAN);
  if (span === undefined) return {};
  const { traceId, spanId } = span.spanContext();
  return { traceId, spanId };
}
