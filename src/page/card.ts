// The card of a family: name, help, present value, chart, and a table of its series.

import { quantity, unitOf } from '../present/units';
import { bands, stateColor } from './bands';
import { Chart } from './chart';
import { colorOf, seriesColor } from './colors';
import { element, setText } from './element';
import type { Family } from './family';
import { Groups, type Group } from './groups';
import { HeatMap, RANKS } from './heat-map';
import { linePicture, MOST_LINES } from './line-picture';
import { ranked } from './ranking';
import { SeriesTable, swatch } from './series-table';
import { valueText, wholeText } from './texts';
import type { View } from './view';

/** A card. */
export class Card {
  readonly family: Family;
  readonly article: HTMLElement;
  /** Whether the card is in sight. Only then it is drawn. */
  isInSight = false;
  readonly #groups: Groups;
  readonly #heatMap: HeatMap;
  readonly #table: SeriesTable;
  readonly #value = element('span');
  readonly #whole = element('small');
  readonly #legend = element('p', { class: 'legend' });
  /** The colours of the legend. */
  #legendKey = '';
  readonly #place = element('div', { class: 'chart', role: 'img' });
  readonly #chart: Chart | undefined;

  /** @param redraw Draws the card again, after its reader has asked for all rows. */
  constructor(family: Family, redraw: () => void) {
    const { name, help, type } = family.head;
    this.family = family;
    this.#groups = new Groups(family);
    this.#heatMap = new HeatMap(family);
    this.#table = new SeriesTable(family, redraw);
    const id = `family-${name}`;
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
      element('p', { class: 'value', hidden: type === 'info' }, this.#value, ' ', this.#whole),
      ...(type === 'info' ? [] : [this.#place, this.#legend]),
      ...this.#table.elements,
    );
    this.#place.setAttribute('aria-label', `Chart of ${name}`);
    if (type !== 'info') this.#chart = new Chart(this.#place);
  }

  /** Shows the present values. */
  draw(view: View): void {
    const { family } = this;
    if (family.frames.length === 0) return;
    const grouping = this.#groups.of(view);
    const { groups } = grouping;
    const first = ranked(family, groups, view, Math.max(MOST_LINES, this.#table.most));
    const value = valueText(family, grouping);
    setText(this.#value, value);
    setText(this.#whole, wholeText(family, grouping));
    this.#table.draw(first, groups.length);
    this.#drawChart(groups, first.slice(0, MOST_LINES), view);
    this.#place.setAttribute(
      'aria-label',
      `Chart of ${family.head.name}. Now: ${value || 'no value'}`,
    );
  }

  #drawChart(groups: readonly Group[], drawn: readonly Group[], view: View): void {
    const { family } = this;
    const { type, bounds, states } = family.head;
    if (type === 'histogram') {
      this.#chart?.draw(this.#heatMap.picture(groups, view));
      const unit = unitOf(family.head.name);
      const quantiles = this.#heatMap.quantiles(groups, view);
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
    const key = JSON.stringify(entries.map(([, color]) => color));
    if (this.#legendKey !== key) {
      this.#legendKey = key;
      const made = entries.map(([, color]) => element('span', {}, swatch(color), element('span')));
      this.#legend.replaceChildren(...made);
    }
    for (const [at, [text]] of entries.entries()) {
      const shown = this.#legend.children[at]?.lastElementChild;
      if (shown) setText(shown, text);
    }
  }
}

/** A long name may break behind its underscores. */
function breakable(name: string): (Node | string)[] {
  return name.split(/(?<=_)/).flatMap((part) => [part, element('wbr')]);
}
