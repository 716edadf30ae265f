// Numbers, times and sizes for display. Output for programs has plain numbers.

/** The unit at the end of a family's name, if it affects the display. @internal */
export type Unit = 'bytes' | 'seconds' | 'ratio' | 'moment' | 'none';

/** The unit of a family, by its name. @internal */
export function unitOf(name: string): Unit {
  const base = name.replace(/_(?:total|sum|count|max|min|avg|created)$/, '');
  const moments = ['_timestamp_seconds', '_start_time_seconds', '_expiry_seconds'];
  if (moments.some((end) => base.endsWith(end))) return 'moment';
  if (base.endsWith('_bytes')) return 'bytes';
  if (base.endsWith('_seconds')) return 'seconds';
  if (base.endsWith('_ratio')) return 'ratio';
  return 'none';
}

/** A number in its unit. @internal */
export function quantity(value: number, unit: Unit, now = Date.now() / 1000): string {
  if (!Number.isFinite(value)) return special(value);
  switch (unit) {
    case 'bytes':
      return bytes(value);
    case 'seconds':
      return seconds(value);
    case 'ratio':
      return `${plain(value * 100)} %`;
    case 'moment':
      return value === 0 ? 'never' : `${duration(now - value)} ago`;
    case 'none':
      return number(value);
  }
}

/** A rate per second. @internal */
export function rate(value: number, unit: Unit): string {
  if (!Number.isFinite(value)) return special(value);
  // Seconds a second are a share of the time.
  if (unit === 'seconds') return `${plain(value * 100)} %`;
  return `${unit === 'bytes' ? bytes(value) : number(value)}/s`;
}

function special(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  return value > 0 ? '+Inf' : '-Inf';
}

/** A number without a unit. @internal */
export function number(value: number): string {
  const size = Math.abs(value);
  if (size >= 1e15) return value.toExponential(2);
  if (size >= 1e12) return `${three(value / 1e12)} T`;
  if (size >= 1e9) return `${three(value / 1e9)} G`;
  if (size >= 1e7) return `${three(value / 1e6)} M`;
  return plain(value);
}

/** Up to ten million with commas; small ones with three digits. */
function plain(value: number): string {
  const size = Math.abs(value);
  if (value === 0) return '0';
  if (size < 0.001) return value.toExponential(1);
  if (size < 1000 && !Number.isInteger(value)) return three(value);
  return String(Math.round(value)).replace(/\B(?=(?:\d{3})+$)/g, ',');
}

/** Three digits, without zeroes at the end. */
function three(value: number): string {
  return String(Number(value.toPrecision(3)));
}

/** A size in memory. @internal */
export function bytes(value: number): string {
  const steps = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let [size, step] = [value, 0];
  while (Math.abs(size) >= 1024 && step < steps.length - 1) {
    size /= 1024;
    step += 1;
  }
  return `${step === 0 ? Math.round(size) : Number(size.toFixed(size < 100 ? 1 : 0))} ${steps[step]}`;
}

/** A measured time. @internal */
export function seconds(value: number): string {
  const size = Math.abs(value);
  if (value === 0) return '0 s';
  if (size < 1e-6) return `${three(value * 1e9)} ns`;
  if (size < 1e-3) return `${three(value * 1e6)} µs`;
  if (size < 1) return `${three(value * 1e3)} ms`;
  if (size < 120) return `${three(value)} s`;
  return `${value < 0 ? '-' : ''}${duration(size)}`;
}

/** An age or a time since, in its two largest units. @internal */
export function duration(value: number): string {
  const whole = Math.max(0, Math.round(value));
  const parts = [
    [Math.floor(whole / 86_400), 'd'],
    [Math.floor(whole / 3600) % 24, 'h'],
    [Math.floor(whole / 60) % 60, 'min'],
    [whole % 60, 's'],
  ] as const;
  const first = parts.findIndex(([count]) => count > 0);
  if (first < 0) return '0 s';
  const shown = parts.slice(first, first + 2).filter(([count]) => count > 0);
  return shown.map(([count, unit]) => `${count} ${unit}`).join(' ');
}

/** A number with its noun. @internal */
export function counted(count: number, noun: string, plural = `${noun}s`): string {
  return `${number(count)} ${count === 1 ? noun : plural}`;
}
