// Checks of the values of settings.

import { OVERFLOW_LABEL, validateLabelNames, validateMetricName } from '../labels/labels';

/** Whether a server can listen on that port. @internal */
export function isPort(value: unknown): boolean {
  return isWhole(value) && value >= 0 && value <= 65_535;
}

/** Whether a value is an address or a host name. @internal */
export function isHost(value: unknown): boolean {
  // An IPv6 address has several colons, and no host name has one: a single colon begins a port.
  return typeof value === 'string' && /^(?:[\w.-]+|[\da-f:.]*:[\da-f:.]*:[\da-f:.]*)$/i.test(value);
}

/** Whether a value is a path that no other page of the server has. @internal */
export function isPath(value: unknown): boolean {
  return (
    typeof value === 'string' &&
    /^\/[\x21\x24-\x3e\x40-\x7e]*$/.test(value) &&
    !value.startsWith('/-/')
  );
}

/** Whether all properties are valid labels of series. @internal */
export function areLabels(value: unknown): boolean {
  if (!isRecord(value)) return false;
  return (
    validateLabelNames(Object.keys(value)) &&
    Object.keys(value).every((name) => !name.startsWith('__') && name !== OVERFLOW_LABEL) &&
    Object.values(value).every((text) => typeof text === 'string' && text !== '')
  );
}

/** Whether all properties are valid bounds of histograms. @internal */
export function areBuckets(value: unknown): boolean {
  if (!isRecord(value)) return false;
  return Object.entries(value).every(([name, bounds]) => validateMetricName(name) && rise(bounds));
}

/** Whether all items are names, or prefixes with a `*`. @internal */
export function arePatterns(value: unknown): boolean {
  if (!Array.isArray(value)) return false;
  return value.every(
    (pattern) => typeof pattern === 'string' && validateMetricName(pattern.replace(/(.)\*$/, '$1')),
  );
}

/** The same for histograms, of which a lone `*` means all. @internal */
export function areHistograms(value: unknown): boolean {
  return Array.isArray(value) && arePatterns(value.filter((pattern) => pattern !== '*'));
}

/** Whether a value is a valid series limit. @internal */
export function isSeriesLimit(value: unknown): boolean {
  return isWhole(value) && value >= 1 && value < 2 ** 32;
}

/** Whether a value is a text with at least one character. @internal */
export function isText(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}

function rise(bounds: unknown): boolean {
  return (
    Array.isArray(bounds) &&
    bounds.length > 0 &&
    bounds.every((bound, at) => Number.isFinite(bound) && (at === 0 || bound > bounds[at - 1]))
  );
}

function isWhole(value: unknown): value is number {
  return Number.isInteger(value);
}

/** Whether a value is an object with names and values, and no array. @internal */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
