// Rows as a line chart, in a self-contained SVG.
import { round } from './targets.mjs';

const WIDTH = 720;
const HEIGHT = 420;
const MARGIN = { top: 48, right: 190, bottom: 52, left: 72 };
const COLOURS = ['#0b6e4f', '#c2410c', '#1d4ed8', '#7e22ce', '#a16207', '#475569'];
const FONT = 'font-family="system-ui, sans-serif"';

/**
 * A chart with both axes logarithmic.
 *
 * @param {{ title: string, x: string, y: string }} names of the chart and its axes
 * @param {Record<string, [number, number][]>} lines points by name, ascending
 * @returns {string} the SVG
 */
export function plot({ title, x, y }, lines) {
  const points = Object.values(lines).flat();
  const across = axis(
    points.map(([value]) => value),
    MARGIN.left,
    WIDTH - MARGIN.right,
    false,
  );
  const up = axis(
    points.map(([, value]) => value),
    HEIGHT - MARGIN.bottom,
    MARGIN.top,
    true,
  );
  const named = Object.entries(lines).filter(([, line]) => line.length > 0);
  const ends = spread(named.map(([, line]) => up.at(line.at(-1)[1])));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" ${FONT} font-size="12">`,
    `<rect width="${WIDTH}" height="${HEIGHT}" rx="8" fill="#ffffff"/>`,
    `<text x="${MARGIN.left}" y="26" font-size="15" fill="#0f172a">${escaped(title)}</text>`,
    ...up.ticks.flatMap((tick) => horizontal(tick, up.at(tick))),
    ...across.ticks.flatMap((tick) => vertical(tick, across.at(tick))),
    `<text x="${WIDTH - MARGIN.right}" y="${HEIGHT - 14}" text-anchor="end" fill="#475569">${escaped(x)}</text>`,
    `<text x="16" y="${MARGIN.top - 6}" fill="#475569">${escaped(y)}</text>`,
    ...named.flatMap(([name, line], index) =>
      curve({ name, line, colour: COLOURS[index % COLOURS.length], end: ends[index] }, across, up),
    ),
    '</svg>',
    '',
  ].join('\n');
}

/** The points of one client, joined, with its name at the end. */
function curve({ name, line, colour, end }, across, up) {
  const points = line.map(([first, second]) => ({ x: across.at(first), y: up.at(second) }));
  const joined = points.map((point) => `${point.x},${point.y}`).join(' ');
  const dots = points.map((point) => `<circle cx="${point.x}" cy="${point.y}" r="3"/>`).join('');
  return [
    `<polyline points="${joined}" fill="none" stroke="${colour}" stroke-width="2"/>`,
    `<g fill="${colour}">${dots}`,
    `<text x="${points.at(-1).x + 10}" y="${end + 4}">${escaped(name)}</text></g>`,
  ];
}

/** Maps values to positions between two ends, with ticks. */
function axis(values, from, to, byTens) {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const ticks = byTens ? tens(least, most) : [...new Set(values)].toSorted((a, b) => a - b);
  const [low, high] = [Math.min(least, ticks[0]), Math.max(most, ticks.at(-1))].map(Math.log10);
  const at = (value) =>
    Math.round(from + ((Math.log10(value) - low) / (high - low || 1)) * (to - from));
  return { ticks, at };
}

function tens(least, most) {
  const ticks = [];
  for (let power = Math.floor(Math.log10(least)); 10 ** power < most * 10; power += 1) {
    ticks.push(10 ** power);
    if (10 ** power >= most) break;
  }
  return ticks;
}

function horizontal(tick, at) {
  return [
    `<line x1="${MARGIN.left}" x2="${WIDTH - MARGIN.right}" y1="${at}" y2="${at}" stroke="#e2e8f0"/>`,
    `<text x="${MARGIN.left - 8}" y="${at + 4}" text-anchor="end" fill="#475569">${label(tick)}</text>`,
  ];
}

function vertical(tick, at) {
  const bottom = HEIGHT - MARGIN.bottom;
  return [
    `<line x1="${at}" x2="${at}" y1="${bottom}" y2="${bottom + 5}" stroke="#94a3b8"/>`,
    `<text x="${at}" y="${bottom + 20}" text-anchor="middle" fill="#475569">${label(tick)}</text>`,
  ];
}

function label(tick) {
  return tick < 0.01 ? String(tick) : round(tick);
}

/** Moves names that would overlap, at least a line apart. */
function spread(places) {
  const line = 15;
  const order = places.map((place, index) => ({ place, index }));
  order.sort((first, second) => first.place - second.place);
  for (let index = 1; index < order.length; index += 1) {
    order[index].place = Math.max(order[index].place, order[index - 1].place + line);
  }
  return order.toSorted((first, second) => first.index - second.index).map(({ place }) => place);
}

function escaped(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
