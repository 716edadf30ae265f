// Creates registries: at places in the code that run once, and at one that runs for each call.
import { Counter, Registry } from 'mpmetrics';

export const first = new Registry();
export const second = new Registry(Registry.OPENMETRICS_CONTENT_TYPE);
export const named = new Registry({ name: 'billing' });

/** Creates a registry, always at this place in the code. */
export function again() {
  return new Registry();
}

/** Counts in a registry. */
export function count(registry, name) {
  new Counter({ name, help: 'H', registers: [registry] }).inc();
}
