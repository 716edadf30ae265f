// What the values of settings can be.

import { validateLabelNames, validateMetricName } from '../labels/labels';

/** Whether a server can listen on it. @internal */
export function isPort(value: unknown): boolean {
  return isWhole(value) && value >= 0 && value <= 65_535;
}

/** Whether it is an address or a host name. @internal */
export function isHost(value: unknown): boolean {
  // An IPv6 address has several colons, and no host name has one: a single colon begins a port.
  return typeof value === 'string' && /^(?:[\w.-]+|[\da-f:.]*:[\da-f:.]*:[\da-f:.]*)$/i.test(value);
}

/** Whether it is a path that no other page of the server has. @internal */
export function isPath(value: unknown): boolean {
  return (
    typeof value === 'string' &&
    /^\/[\x21\x24-\x3e\x40-\x7e]*$/.test(value) &&
    !value.startsWith('/-/')
  );
}

/** Whether all of them are labels that series can have. @internal */
export function areLabels(value: unknown): boolean {
  if (!isRecord(value)) return false;
  return (
    validateLabelNames(Object.keys(value)) &&
    Object.keys(value).every((name) => !name.startsWith('__')) &&
    Object.values(value).every((text) => typeof text === 'string' && text !== '')
  );
}

/** Whether all of them are bounds of histograms. @internal */
export function areBuckets(value: unknown): boolean {
  if (!isRecord(value)) return false;
  return Object.entries(value).every(([name, bounds]) => validateMetricName(name) && rise(bounds));
}

/** Whether all of them are names, or beginnings of names. @internal */
export function arePatterns(value: unknown): boolean {
  if (!Array.isArray(value)) return false;
  return value.every(
    (pattern) => typeof pattern === 'string' && validateMetricName(pattern.replace(/(.)\*$/, '$1')),
  );
}

/** Whether a family can have so many series. @internal */
export function isSeriesLimit(value: unknown): boolean {
  return isWhole(value) && value >= 1 && value < 2 ** 32;
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

/** An object with names and values, and no list. @internal */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
