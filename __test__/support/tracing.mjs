// The API of OpenTelemetry with the least that makes a span active: a context manager. Specs and their children use it.
import { AsyncLocalStorage } from 'node:async_hooks';
import { context, ROOT_CONTEXT, trace, TraceFlags } from '@opentelemetry/api';

const storage = new AsyncLocalStorage();

/** How often somebody has asked for the active context. */
export const asked = { times: 0 };

/** Registers the context manager, as an SDK does when it starts. */
export function startTracing() {
  context.setGlobalContextManager({
    active() {
      asked.times += 1;
      return storage.getStore() ?? ROOT_CONTEXT;
    },
    with: (active, act, self, ...given) => storage.run(active, () => act.apply(self, given)),
    bind: (_active, target) => target,
    enable() {
      return this;
    },
    disable() {
      return this;
    },
  });
}

/** Removes it. */
export function stopTracing() {
  context.disable();
}

/** The trace id of that number. */
export const traceId = (number) => number.toString(16).padStart(32, '0');
/** The span id of that number. */
export const spanId = (number) => number.toString(16).padStart(16, '0');

/**
 * Calls a function within a span.
 *
 * @template Result
 * @param {number} number the number of its trace and of the span
 * @param {() => Result} act
 * @returns {Result}
 */
export function inSpan(number, act, { isSampled = true } = {}) {
  const span = trace.wrapSpanContext({
    traceId: traceId(number),
    spanId: spanId(number),
    traceFlags: isSampled ? TraceFlags.SAMPLED : TraceFlags.NONE,
  });
  return context.with(trace.setSpan(ROOT_CONTEXT, span), act);
}
