// Targets that can be printed and checked. Each target is a function of the values of a row.

const US = 'mpmetrics';

/** Our time is at most a `factor`-th of the rival's. */
export function faster(factor, rival) {
  return (values) => {
    const ratio = values[rival] / values[US];
    return verdict(`${factor}× faster than ${rival}`, ratio, ratio >= factor, `${round(ratio)}×`);
  };
}

/** Our time is at most `factor` times the rival's. */
export function within(factor, rival) {
  return (values) => {
    const ratio = values[US] / values[rival];
    return verdict(`at most ${factor}× ${rival}`, ratio, ratio <= factor, `${round(ratio)}×`);
  };
}

/** Our value is at most `factor` times a known number. */
export function withinOf(factor, number, name) {
  return (values) => {
    const ratio = values[US] / number;
    return verdict(`at most ${factor}× ${name}`, ratio, ratio <= factor, `${round(ratio)}×`);
  };
}

/** Our value is at most a number, in the unit of the row. */
export function atMost(limit) {
  return (values) =>
    verdict(`at most ${round(limit)}`, values[US], values[US] <= limit, `${round(values[US])}`);
}

/** Our value is at least a number, in the unit of the row. */
export function atLeast(limit) {
  return (values) =>
    verdict(`at least ${round(limit)}`, values[US], values[US] >= limit, `${round(values[US])}`);
}

function verdict(text, number, isMet, measured) {
  return Number.isFinite(number)
    ? { text, measured, isMet }
    : { text, measured: 'not measured', isMet: null };
}

/** A number with its significant digits. */
export function round(number) {
  if (number === undefined || number === null || Number.isNaN(number)) return '–';
  const size = Math.abs(number);
  if (size >= 1000) return Math.round(number).toLocaleString('en-US');
  if (size >= 100) return number.toFixed(0);
  return size >= 10 ? number.toFixed(1) : String(Number(number.toFixed(2)));
}

/**
 * A row of a table: the measurement, its unit, the values, and the targets.
 *
 * @param {string} what the measurement
 * @param {string} unit
 * @param {Record<string, number | undefined>} values by client
 * @param {((values: Record<string, number>) => object)[]} targets
 */
export function row(what, unit, values, ...targets) {
  return { what, unit, values, targets: targets.map((target) => target(values)) };
}
