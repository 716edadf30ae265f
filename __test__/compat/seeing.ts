// The type of a step of the scenario, and the functions that write down its results.
import type * as PromClient from 'prom-client';

/** prom-client, or mpmetrics in its place. */
export type Client = typeof PromClient;

/** Writes down a result, under its own name in the step. */
export type See = (name: string, what: unknown) => void;

/** Steps by their names. */
export type Steps = Record<string, (client: Client, see: See) => unknown>;

/** Text and data of a registry. */
export async function look(
  see: See,
  name: string,
  registry: { metrics(): unknown; getMetricsAsJSON(): unknown },
): Promise<void> {
  see(`${name} as text`, await registry.metrics());
  see(`${name} as data`, await registry.getMetricsAsJSON());
}

/** An error's class and message. */
export async function failure(act: () => unknown): Promise<string> {
  try {
    await act();
    return 'no error';
  } catch (error) {
    const { constructor, message } = error as Error;
    return `${constructor.name}: ${message}${error instanceof Error ? '' : ' (foreign)'}`;
  }
}
