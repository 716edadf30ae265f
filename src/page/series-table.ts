// The table of a family's series.

import { number } from '../present/units';
import { seriesColor } from './colors';
import { element, setText } from './element';
import type { Family } from './family';
import type { Group } from './groups';
import { MOST_LINES } from './line-picture';
import { rowText } from './texts';

/** The rows before all of them are asked for … */
const FEW_ROWS = 4;
/** … and after that. */
const MOST_ROWS = 200;

/** A table, and the button that shows more of it. */
export class SeriesTable {
  /** The elements, in order. */
  readonly elements: readonly HTMLElement[];
  readonly #family: Family;
  readonly #table = element('table');
  readonly #rows = element('tbody');
  readonly #more = element('button', { type: 'button', class: 'more', hidden: true });
  #isWhole = false;

  /** @param redraw Draws the card again, after its reader has asked for all rows. */
  constructor(family: Family, redraw: () => void) {
    this.#family = family;
    const titles = ['Labels', 'Value'].map((title) => element('th', { scope: 'col' }, title));
    this.#table.append(
      element('caption', { class: 'unseen' }, `Series of ${family.head.name}`),
      element('thead', { class: 'unseen' }, element('tr', {}, ...titles)),
      this.#rows,
    );
    this.#more.addEventListener('click', () => {
      this.#isWhole = !this.#isWhole;
      redraw();
    });
    this.elements = [this.#table, this.#more];
  }

  /** The number of rows that are shown. */
  get most(): number {
    return this.#isWhole ? MOST_ROWS : FEW_ROWS;
  }

  /** Shows the first ones of these groups, and the number of all. */
  draw(groups: readonly Group[], count: number): void {
    // A single series without labels is the value above.
    this.#table.hidden = count === 1 && groups[0]?.title === '';
    const shown = groups.slice(0, this.most);
    const isColored = !['histogram', 'info', 'enum'].includes(this.#family.head.type) && count > 1;
    while (this.#rows.rows.length > shown.length) this.#rows.deleteRow(-1);
    for (const [at, group] of shown.entries()) {
      const row = this.#rows.rows[at] ?? this.#rows.appendChild(newRow());
      const [mark, title] = row.cells[0]?.children ?? [];
      (mark as HTMLElement).style.background =
        isColored && at < MOST_LINES ? seriesColor(at) : 'transparent';
      (mark as HTMLElement).hidden = !isColored;
      setText(title as HTMLElement, group.title || 'all');
      setText(row.cells[1] as HTMLElement, rowText(this.#family, group));
    }
    this.#drawButton(count);
  }

  #drawButton(count: number): void {
    this.#more.hidden = count <= FEW_ROWS;
    const wider = count > MOST_ROWS ? `${MOST_ROWS} of ${number(count)}` : `All ${number(count)}`;
    setText(this.#more, this.#isWhole ? 'Fewer series' : `${wider} series`);
    this.#more.setAttribute('aria-expanded', String(this.#isWhole));
  }
}

function newRow(): HTMLTableRowElement {
  const labels = element('td', {}, swatch('transparent'), element('span', {}));
  return element('tr', {}, labels, element('td', { class: 'number' }));
}

/** A mark in a colour. */
export function swatch(color: string): HTMLElement {
  const mark = element('i', { class: 'swatch', 'aria-hidden': 'true' });
  mark.style.background = color;
  return mark;
}
