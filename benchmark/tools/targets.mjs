// What is aimed at, in a form that can be said and checked. Each target is a function of a row's values.

const US = 'mpmetrics';

/** We take at most a `factor`-th of the rival's time. */
export function faster(factor, rival) {
  return (values) => {
    const ratio = values[rival] / values[US];
    return verdict(`${factor}× faster than ${rival}`, ratio, ratio >= factor, `${round(ratio)}×`);
  };
}

/** We take at most `factor` times as much as the rival. */
export function within(factor, rival) {
  return (values) => {
    const ratio = values[US] / values[rival];
    return verdict(`at most ${factor}× ${rival}`, ratio, ratio <= factor, `${round(ratio)}×`);
  };
}

/** We take at most `factor` times as much as something else did, of which the number is known. */
export function withinOf(factor, number, name) {
  return (values) => {
    const ratio = values[US] / number;
    return verdict(`at most ${factor}× ${name}`, ratio, ratio <= factor, `${round(ratio)}×`);
  };
}

/** We are at or below a number, in the unit of the row. */
export function atMost(limit) {
  return (values) =>
    verdict(`at most ${round(limit)}`, values[US], values[US] <= limit, `${round(values[US])}`);
}

/** We are at or above a number, in the unit of the row. */
export function atLeast(limit) {
  return (values) =>
    verdict(`at least ${round(limit)}`, values[US], values[US] >= limit, `${round(values[US])}`);
}

function verdict(text, number, isMet, measured) {
  return Number.isFinite(number)
    ? { text, measured, isMet }
    : { text, measured: 'not measured', isMet: null };
}

/** A number with as many digits as mean something. */
export function round(number) {
  if (number === undefined || number === null || Number.isNaN(number)) return '–';
  const size = Math.abs(number);
  if (size >= 1000) return Math.round(number).toLocaleString('en-US');
  if (size >= 100) return number.toFixed(0);
  return size >= 10 ? number.toFixed(1) : String(Number(number.toFixed(2)));
}

/**
 * A row of a table: what was measured, in which unit, of whom, beside what is aimed at.
 *
 * @param {string} what
 * @param {string} unit
 * @param {Record<string, number | undefined>} values by contestant
 * @param {((values: Record<string, number>) => object)[]} targets
 */
export function row(what, unit, values, ...targets) {
  return { what, unit, values, targets: targets.map((target) => target(values)) };
}
