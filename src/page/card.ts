// The card of a family: name, help, present value, chart, and a table of its series.

import { number, quantity, rate, unitOf } from '../present/units';
import { bands, stateColor, stateIn } from './bands';
import { Chart } from './chart';
import { colorOf, seriesColor } from './colors';
import { element, setText } from './element';
import type { Family } from './family';
import { groupsOf, sumIn, type Group } from './groups';
import { heatMap, quantilesIn, RANKS } from './heat-map';
import { linePicture, MOST_LINES, rateAt } from './line-picture';
import type { View } from './view';

/** The rows of a table before all of them are asked for … */
const FEW_ROWS = 4;
/** … and after that. */
const MOST_ROWS = 200;

/** A row of the table. */
interface Row {
  readonly group: Group;
  readonly weight: number;
  readonly text: string;
}

/** A card. */
export class Card {
  readonly family: Family;
  readonly article: HTMLElement;
  /** Whether the card is in sight. Only then it is drawn. */
  isInSight = false;
  readonly #value = element('span');
  readonly #whole = element('small');
  readonly #legend = element('p', { class: 'legend' });
  readonly #place = element('div', { class: 'chart', role: 'img' });
  readonly #table = element('table');
  readonly #rows = element('tbody');
  readonly #more = element('button', { type: 'button', class: 'more', hidden: true });
  readonly #chart: Chart | undefined;
  #isWhole = false;

  /** @param redraw Draws the card again, after its reader has asked for all rows. */
  constructor(family: Family, redraw: (card: Card) => void) {
    const { name, help, type } = family.head;
    this.family = family;
    const id = `family-${name}`;
    this.#table.append(
      element('caption', { class: 'unseen' }, `Series of ${name}`),
      element(
        'thead',
        { class: 'unseen' },
        element(
          'tr',
          {},
          ...['Labels', 'Value'].map((title) => element('th', { scope: 'col' }, title)),
        ),
      ),
      this.#rows,
    );
    this.article = element(
      'article',
      { class: 'card', tabindex: '-1', 'aria-labelledby': id, 'data-type': type },
      element(
        'header',
        {},
        element('h2', { id }, ...breakable(name)),
        element('span', { class: 'type' }, type),
      ),
      element('p', { class: 'help' }, help),
      element('p', { class: 'value' }, this.#value, this.#whole),
      ...(type === 'info' ? [] : [this.#place, this.#legend]),
      this.#table,
      this.#more,
    );
    this.#place.setAttribute('aria-label', `Chart of ${name}`);
    this.#value.parentElement?.toggleAttribute('hidden', type === 'info');
    if (type !== 'info') this.#chart = new Chart(this.#place);
    this.#more.addEventListener('click', () => {
      this.#isWhole = !this.#isWhole;
      redraw(this);
    });
  }

  /** Shows the present values. */
  draw(view: View): void {
    const { family } = this;
    if (family.frames.length === 0) return;
    const groups = groupsOf(family, view);
    const rows = this.#rowsOf(groups, view);
    const drawn = rows.slice(0, MOST_LINES).map(({ group }) => group);
    const value = this.#valueText(groups);
    setText(this.#value, value);
    setText(this.#whole, this.#wholeText(groups));
    this.#drawTable(rows);
    this.#drawChart(groups, drawn, view);
    this.#place.setAttribute(
      'aria-label',
      `Chart of ${family.head.name}. Now: ${value || 'no value'}`,
    );
  }

  #drawChart(groups: readonly Group[], drawn: readonly Group[], view: View): void {
    const { family } = this;
    const { type, bounds, states } = family.head;
    if (type === 'histogram') {
      this.#chart?.draw(heatMap(family, groups, view));
      const unit = unitOf(family.head.name);
      const quantiles = quantilesIn(family, groups, view);
      this.#drawLegend(
        RANKS.map((rank, at) => {
          const value = quantiles[at] ?? NaN;
          const text = Number.isNaN(value) ? '' : ` ${quantity(value, unit)}`;
          return [`p${rank * 100}${text}`, colorOf(`quantile-${at + 1}`)];
        }),
      );
    } else if (type === 'enum') {
      this.#chart?.draw(bands(family, drawn, view));
      this.#drawLegend(states.map((state) => [state, stateColor(family, state)]));
    } else {
      this.#chart?.draw(linePicture(family, drawn, view));
      const isOne = type === 'summary' && drawn.length === 1;
      const quantiles = isOne ? bounds : [];
      this.#drawLegend(quantiles.map((rank, at) => [`p${rank * 100}`, seriesColor(at)]));
    }
  }

  #drawLegend(entries: readonly (readonly [text: string, color: string])[]): void {
    const key = JSON.stringify(entries);
    if (this.#legend.dataset['key'] === key) return;
    this.#legend.dataset['key'] = key;
    this.#legend.replaceChildren(
      ...entries.map(([text, color]) => element('span', {}, swatch(color), text)),
    );
  }

  /** The rows, those with the greatest values first. */
  #rowsOf(groups: readonly Group[], view: View): Row[] {
    const { family } = this;
    const { frames, head } = family;
    const last = frames.at(-1);
    if (last === undefined) return [];
    const unit = unitOf(head.name);
    const rows = groups.map((group): Row => {
      const sum = sumIn(last, group);
      if (head.type === 'info') return { group, weight: 0, text: '' };
      if (head.type === 'enum') return { group, weight: 0, text: stateIn(last, group) ?? '' };
      if (head.type === 'gauge' || head.type === 'unknown') {
        return { group, weight: sum, text: Number.isNaN(sum) ? '' : quantity(sum, unit) };
      }
      const growth = rateAt(frames, frames.length - 1, group);
      const rateUnit = head.type === 'counter' ? unit : 'none';
      const whole = head.type === 'counter' ? quantity(sum, unit) : number(sum);
      const text = Number.isNaN(growth) ? whole : `${whole} · ${rate(round(growth), rateUnit)}`;
      return { group, weight: sum, text };
    });
    const isOrdered = head.type === 'enum' || head.type === 'info' || view.isByProcess;
    if (!isOrdered) rows.sort((one, other) => weightOf(other) - weightOf(one));
    return rows;
  }

  #valueText(groups: readonly Group[]): string {
    const { family } = this;
    const { frames, head } = family;
    const last = frames.at(-1);
    if (last === undefined || groups.length === 0) return groups.length === 0 ? 'no series' : '';
    const unit = unitOf(head.name);
    const all: Group = { title: '', places: groups.flatMap(({ places }) => places) };
    const growth = round(rateAt(frames, frames.length - 1, all));
    switch (head.type) {
      case 'counter':
        return Number.isNaN(growth) ? quantity(sumIn(last, all), unit) : rate(growth, unit);
      case 'histogram':
      case 'summary':
        return Number.isNaN(growth) ? number(sumIn(last, all)) : rate(growth, 'none');
      case 'gauge':
      case 'unknown':
        return rangeText(
          groups.map((group) => sumIn(last, group)).filter((each) => !Number.isNaN(each)),
          unit,
        );
      case 'enum':
        return groups.length === 1 ? (stateIn(last, all) ?? '') : `${groups.length} series`;
      case 'info':
        return '';
    }
  }

  /** The count since the start. */
  #wholeText(groups: readonly Group[]): string {
    const { frames, head } = this.family;
    const last = frames.at(-1);
    if (last === undefined || !['counter', 'summary'].includes(head.type)) return '';
    const sum = sumIn(last, { title: '', places: groups.flatMap(({ places }) => places) });
    if (Number.isNaN(sum)) return '';
    return `${head.type === 'counter' ? quantity(sum, unitOf(head.name)) : number(sum)} in all`;
  }

  #drawTable(rows: readonly Row[]): void {
    // A single series without labels is the value above.
    this.#table.hidden = rows.length === 1 && rows[0]?.group.title === '';
    const shown = rows.slice(0, this.#isWhole ? MOST_ROWS : FEW_ROWS);
    const isColored =
      !['histogram', 'info', 'enum'].includes(this.family.head.type) && rows.length > 1;
    while (this.#rows.rows.length > shown.length) this.#rows.deleteRow(-1);
    for (const [at, { group, text }] of shown.entries()) {
      const row = this.#rows.rows[at] ?? this.#rows.appendChild(newRow());
      const [mark, title] = row.cells[0]?.children ?? [];
      (mark as HTMLElement).style.background =
        isColored && at < MOST_LINES ? seriesColor(at) : 'transparent';
      (mark as HTMLElement).hidden = !isColored;
      setText(title as HTMLElement, group.title || 'all');
      setText(row.cells[1] as HTMLElement, text);
    }
    this.#more.hidden = rows.length <= FEW_ROWS;
    const most = Math.min(rows.length, MOST_ROWS);
    setText(
      this.#more,
      this.#isWhole ? 'Fewer series' : `${most} of ${number(rows.length)} series`,
    );
    if (!this.#isWhole && most === rows.length)
      setText(this.#more, `All ${number(rows.length)} series`);
    this.#more.setAttribute('aria-expanded', String(this.#isWhole));
  }
}

function newRow(): HTMLTableRowElement {
  const labels = element('td', {}, swatch('transparent'), element('span', {}));
  return element('tr', {}, labels, element('td', { class: 'number' }));
}

function swatch(color: string): HTMLElement {
  const mark = element('i', { class: 'swatch', 'aria-hidden': 'true' });
  mark.style.background = color;
  return mark;
}

/** A long name may break behind its underscores. */
function breakable(name: string): (Node | string)[] {
  return name.split(/(?<=_)/).flatMap((part) => [part, element('wbr')]);
}

function rangeText(values: readonly number[], unit: ReturnType<typeof unitOf>): string {
  if (values.length === 0) return 'no value';
  const least = values.reduce((one, other) => Math.min(one, other));
  const most = values.reduce((one, other) => Math.max(one, other));
  const [low, high] = [quantity(least, unit), quantity(most, unit)];
  return low === high ? low : `${low} – ${high}`;
}

/** Rates in three digits: the fourth one only flickers. */
function round(value: number): number {
  return Number.isFinite(value) ? Number(value.toPrecision(3)) : value;
}

function weightOf({ weight }: Row): number {
  return Number.isNaN(weight) ? -Infinity : weight;
}
