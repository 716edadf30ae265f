// The state of `top`: the last reading, and the choices by keys.

import type { HeapInfo, Turns } from '../../heap/native';
import type { Listed } from '../heaps';
import { arranged, ORDERS, type Order, type Row, type View } from './rows';

/** The data of one reading. @internal */
export interface Taken {
  readonly info: HeapInfo;
  readonly turns: Turns;
  readonly rows: readonly Row[];
}

/** The effect of a key: the picture changes, another view must be read, or the program ends. @internal */
export type Effect = 'none' | 'redraw' | 'read' | 'quit';

/** The shortest and the longest interval between readings, in seconds. */
const [SHORTEST, LONGEST] = [0.25, 60];

/** The state. @internal */
export class State {
  /** The heap. */
  readonly heap: Listed;
  info: HeapInfo | undefined;
  turns: Turns | undefined;
  /** The reason why there is no new reading, as a sentence. */
  problem: string | undefined;
  /** Whether anything was read yet. */
  isRead = false;
  view: View = { kind: 'metrics' };
  order: Order = 'rate';
  isReversed = false;
  filter: string;
  /** Whether letters go to the filter. */
  isTyping = false;
  isPaused = false;
  isHelpShown = false;
  /** The key of the chosen row. */
  selected: string | undefined;
  /** The requested interval between readings, in seconds. */
  interval: number;
  /** The actual interval. */
  pause: number;
  #rows: readonly Row[] = [];
  #first = 0;
  #height = 1;

  constructor(heap: Listed, interval: number, filter: string) {
    this.heap = heap;
    this.interval = interval;
    this.pause = interval;
    this.filter = filter;
  }

  /** Takes over a reading. */
  take({ info, turns, rows }: Taken): void {
    this.info = info;
    this.turns = turns;
    this.#rows = rows;
    this.isRead = true;
    const isOver = !info.writers.some((writer) => writer.live);
    this.problem = isOver
      ? 'All processes of the application have ended. These are its last values.'
      : undefined;
  }

  /** The rows to show, in their order. */
  rows(): Row[] {
    return arranged(this.#rows, this.filter, this.order, this.isReversed);
  }

  /** The first row to show, so that the chosen row is visible. */
  scrollTo(rows: readonly Row[], height: number): number {
    this.#height = height;
    const chosen = rows.findIndex(({ key }) => key === this.selected);
    if (chosen >= 0) this.#first = Math.min(Math.max(this.#first, chosen - height + 1), chosen);
    this.#first = Math.max(0, Math.min(this.#first, rows.length - height));
    return this.#first;
  }

  /** Applies a key. */
  press(key: string): Effect {
    if (key === 'interrupt') return 'quit';
    if (this.isTyping) return this.#type(key);
    if (this.isHelpShown && key !== 'q') {
      this.isHelpShown = false;
      return 'redraw';
    }
    const step = this.#stepOf(key);
    if (step !== undefined) return this.#move(step);
    switch (key) {
      case 'q':
        return 'quit';
      case 'h':
      case '?':
        this.isHelpShown = true;
        return 'redraw';
      case '/':
        this.isTyping = true;
        return 'redraw';
      case 's':
        this.order = ORDERS[(ORDERS.indexOf(this.order) + 1) % ORDERS.length] as Order;
        return 'redraw';
      case 'r':
        this.isReversed = !this.isReversed;
        return 'redraw';
      case ' ':
        this.isPaused = !this.isPaused;
        return this.isPaused ? 'redraw' : 'read';
      case '+':
        return this.#wait(this.interval / 2);
      case '-':
        return this.#wait(this.interval * 2);
      case 'p':
        return this.#show({ kind: this.view.kind === 'processes' ? 'metrics' : 'processes' });
      case 'enter':
      case 'right':
        return this.#open();
      case 'escape':
      case 'left':
      case 'backspace':
        return this.#back();
      default:
        return 'none';
    }
  }

  #type(key: string): Effect {
    if (key === 'enter') this.isTyping = false;
    else if (key === 'escape') {
      this.isTyping = false;
      this.filter = '';
    } else if (key === 'backspace') this.filter = this.filter.slice(0, -1);
    else if ([...key].length === 1 && key >= ' ') this.filter += key;
    else return 'none';
    this.#first = 0;
    return 'redraw';
  }

  #stepOf(key: string): number | undefined {
    switch (key) {
      case 'up':
      case 'k':
        return -1;
      case 'down':
      case 'j':
        return 1;
      case 'page up':
        return -this.#height;
      case 'page down':
        return this.#height;
      case 'home':
        return -Infinity;
      case 'end':
        return Infinity;
      default:
        return undefined;
    }
  }

  #move(step: number): Effect {
    const rows = this.rows();
    const chosen = rows.findIndex(({ key }) => key === this.selected);
    // The first step chooses a row that is visible.
    const next = chosen < 0 && step === 1 ? this.#first : Math.max(0, chosen) + step;
    this.selected = rows[Math.max(0, Math.min(next, rows.length - 1))]?.key;
    return 'redraw';
  }

  #wait(seconds: number): Effect {
    this.interval = Math.min(LONGEST, Math.max(SHORTEST, seconds));
    this.pause = this.interval;
    return 'redraw';
  }

  #open(): Effect {
    const rows = this.rows();
    const row = rows.find(({ key }) => key === this.selected) ?? rows[0];
    if (row === undefined || this.view.kind === 'series') return 'none';
    return this.#show({ kind: 'series', metric: row.family.name });
  }

  #back(): Effect {
    if (this.filter !== '') {
      this.filter = '';
      return 'redraw';
    }
    return this.view.kind === 'metrics' ? 'none' : this.#show({ kind: 'metrics' });
  }

  #show(view: View): Effect {
    this.selected = this.view.kind === 'series' ? this.view.metric : undefined;
    this.view = view;
    this.filter = '';
    this.#rows = [];
    this.#first = 0;
    this.isRead = false;
    return 'read';
  }
}
