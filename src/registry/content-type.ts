// The formats in which metrics are shown, by their content types.

import { coded } from '../errors';
import type {
  OpenMetricsContentType,
  PrometheusContentType,
  RegistryContentType,
} from '../labels/label-set';

/** The `Content-Type` of the Prometheus text format. */
export const prometheusContentType: PrometheusContentType =
  'text/plain; version=0.0.4; charset=utf-8';

/** The `Content-Type` of OpenMetrics. */
export const openMetricsContentType: OpenMetricsContentType =
  'application/openmetrics-text; version=1.0.0; charset=utf-8';

/** Whether a registry can have that content type. @internal */
export function isContentType(given: unknown): given is RegistryContentType {
  return given === prometheusContentType || given === openMetricsContentType;
}

/** What is thrown for any other. @internal */
export function unsupported<Thrown extends Error>(
  Kind: new (message: string) => Thrown,
  given: unknown,
): Thrown {
  return coded(
    new Kind(`Content type ${given as string} is unsupported`),
    'MPMETRICS_INVALID_CONTENT_TYPE',
  );
}
