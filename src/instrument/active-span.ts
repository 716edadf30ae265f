// The active span of OpenTelemetry, and the choice of spans for exemplars.

import { warn } from '../errors';

// The key under which every copy of @opentelemetry/api 1.x registers itself, and the key of a span in a context. So nothing
// is loaded here, and an application that is bundled with its copy has the same span.
const API = Symbol.for('opentelemetry.js.api.1');
const SPAN = Symbol.for('OpenTelemetry Context Key SPAN');

/** The bit of `traceFlags` for a sampled span. */
const SAMPLED = 1;
/** The ids of a span that belongs to no trace. */
const INVALID = /^0*$/;

/** The part of a span's context that exemplars need. @internal */
export interface SpanContext {
  readonly traceId: string;
  readonly spanId: string;
  readonly traceFlags: number;
}

/** A span's context as a tracer gives it. */
type Given = { readonly [Name in keyof SpanContext]?: unknown } | undefined;

interface Api {
  readonly context?: {
    active(): { getValue(key: symbol): { spanContext(): Given } | undefined };
  };
}

/** Which spans exemplars are taken from. The names are those of OpenTelemetry's specification. @internal */
export type ExemplarFilter = 'always_on' | 'always_off' | 'trace_based';

/** The value of `OTEL_METRICS_EXEMPLAR_FILTER`. Another one is reported once, and counts as the default. @internal */
export function exemplarFilter(): ExemplarFilter {
  const given = process.env['OTEL_METRICS_EXEMPLAR_FILTER']?.trim().toLowerCase() || 'trace_based';
  if (given === 'always_on' || given === 'always_off' || given === 'trace_based') return given;
  if (given !== refused) {
    refused = given;
    warn(
      'MPMETRICS_BAD_SETTING',
      `OTEL_METRICS_EXEMPLAR_FILTER is "${given}". It can be always_on, always_off or trace_based, which is used now.`,
    );
  }
  return 'trace_based';
}

/** The last value that was reported. */
let refused: string | undefined;

function contexts(): Api['context'] {
  return (globalThis as { [API]?: Api })[API]?.context;
}

/** Whether the application has set up contexts of OpenTelemetry. Without them there is no active span. @internal */
export function hasContexts(): boolean {
  return contexts() !== undefined;
}

/**
 * The context of the active span. Undefined: there is no span or no OpenTelemetry, or the ids are no texts. Throws the
 * errors of a tracer.
 * @internal
 */
export function activeSpan(): SpanContext | undefined {
  const { traceId, spanId, traceFlags } =
    contexts()?.active().getValue(SPAN)?.spanContext() ?? ({} as NonNullable<Given>);
  if (typeof traceId !== 'string' || typeof spanId !== 'string') return undefined;
  return { traceId, spanId, traceFlags: Number(traceFlags ?? 0) };
}

/**
 * The labels of an exemplar of now, `trace_id` and `span_id`. They are empty where the filter asks for no span. Undefined:
 * no exemplar is wanted.
 * @internal
 */
export function traceLabels(filter: ExemplarFilter): Record<string, string> | undefined {
  const span = activeSpan();
  const isValid = span !== undefined && !INVALID.test(span.traceId);
  if (filter === 'trace_based' && !(isValid && (span.traceFlags & SAMPLED) !== 0)) {
    return undefined;
  }
  return isValid ? { trace_id: span.traceId, span_id: span.spanId } : {};
}
