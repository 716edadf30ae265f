// The content types of the exposition formats.

import { coded } from '../errors';

/** The character set of every exposition. */
export type Charset = 'utf-8';
/** The media type of the Prometheus text format. */
export type PrometheusMIME = 'text/plain';
/** The version of the Prometheus text format. */
export type PrometheusMetricsVersion = '0.0.4';
/** The media type of OpenMetrics. */
export type OpenMetricsMIME = 'application/openmetrics-text';
/** The version of OpenMetrics. */
export type OpenMetricsVersion = '1.0.0';

/** The `Content-Type` of a response in the Prometheus text format. */
export type PrometheusContentType =
  `${PrometheusMIME}; version=${PrometheusMetricsVersion}; charset=${Charset}`;

/** The `Content-Type` of a response in OpenMetrics. */
export type OpenMetricsContentType =
  `${OpenMetricsMIME}; version=${OpenMetricsVersion}; charset=${Charset}`;

/** The content types that a registry can have. */
export type RegistryContentType = PrometheusContentType | OpenMetricsContentType;

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

/** The error for any other content type. @internal */
export function unsupported<Thrown extends Error>(
  Kind: new (message: string) => Thrown,
  given: unknown,
): Thrown {
  return coded(
    new Kind(`Content type ${given as string} is unsupported`),
    'MPMETRICS_INVALID_CONTENT_TYPE',
  );
}

/**
 * The key of a registry's function that gives the body of an answer. It is the same in each copy of this package.
 * @internal
 */
export const BODY: unique symbol = Symbol.for('mpmetrics.body');
