// Makes registries: at places that run once, and at one that runs as often as it is asked to.
import { Counter, Registry } from 'mpmetrics';

export const first = new Registry();
export const second = new Registry(Registry.OPENMETRICS_CONTENT_TYPE);
export const named = new Registry({ name: 'billing' });

/** Makes a registry, each time at this place. */
export function again() {
  return new Registry();
}

/** Counts in a registry. */
export function count(registry, name) {
  new Counter({ name, help: 'H', registers: [registry] }).inc();
}
