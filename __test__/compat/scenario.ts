// One broad use of prom-client's API, with every visible result written down. It runs once with prom-client and once
// with mpmetrics, so it names neither.
import type { Client, See, Steps } from './seeing';
import { steps as aggregates } from './steps/aggregates';
import { steps as errors } from './steps/errors';
import { steps as metrics } from './steps/metrics';
import { steps as openMetrics } from './steps/open-metrics';
import { steps as random, stepsOfNewer } from './steps/random';
import { steps as registries } from './steps/registries';
import { steps as removal } from './steps/removal';
import { steps as surface } from './steps/surface';
import { steps as values } from './steps/values';

/** The results by the name of the step. */
export type Transcript = Record<string, string>;

/** The part that is compared with each library: everything, or for the newer one the part that both agree on. */
export const SCENARIOS: Record<string, Steps> = {
  'prom-client': {
    ...metrics,
    ...values,
    ...removal,
    ...registries,
    ...openMetrics,
    ...aggregates,
    ...errors,
    ...surface,
    ...random,
  },
  '@prometheus-io/client': stepsOfNewer,
};

/** Runs all steps, each with its own registries. */
export async function play(client: Client, steps: Steps): Promise<Transcript> {
  const seen: Transcript = {};
  for (const [name, step] of Object.entries(steps)) {
    client.register.clear();
    client.register.setContentType(client.prometheusContentType);
    const see: See = (detail, what) => {
      const key = detail === '' ? name : `${name}: ${detail}`;
      if (key in seen) throw new Error(`${key} was seen before`);
      seen[key] = typeof what === 'string' ? what : `${JSON.stringify(what)}`;
    };
    try {
      await step(client, see);
    } catch (error) {
      see('broke off', (error as Error).stack ?? '');
    }
  }
  return seen;
}
