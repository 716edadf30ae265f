// The terminal, while a program has it alone: keys, size, and picture.

import { writeSync } from 'fs';

/** The size of a terminal, in letters. @internal */
export interface Size {
  readonly columns: number;
  readonly rows: number;
}

const ENTER = '\x1b[?1049h\x1b[?25l\x1b[H\x1b[2J';
const LEAVE = '\x1b[?25h\x1b[?1049l';
/** The terminal shows the output between these at once, if it can. */
const [BEGIN, END] = ['\x1b[?2026h', '\x1b[?2026l'];

/** Signals that end the program, and their numbers. */
const SIGNALS = { SIGINT: 2, SIGTERM: 15, SIGHUP: 1 } as const;

/** Keys that arrive as several characters. */
const NAMES: Readonly<Record<string, string>> = {
  '\x1b[A': 'up',
  '\x1bOA': 'up',
  '\x1b[B': 'down',
  '\x1bOB': 'down',
  '\x1b[5~': 'page up',
  '\x1b[6~': 'page down',
  '\x1b[H': 'home',
  '\x1b[1~': 'home',
  '\x1b[F': 'end',
  '\x1b[4~': 'end',
  '\x1b[D': 'left',
  '\x1b[C': 'right',
  '\x1b': 'escape',
  '\r': 'enter',
  '\n': 'enter',
  '\x7f': 'backspace',
  '\b': 'backspace',
  '\x03': 'interrupt',
  '\t': 'tab',
};
// oxlint-disable-next-line no-control-regex -- the escape character begins each sequence
const KEYS = /\x1b(?:\[[0-9;]*[A-Za-z~]|O[A-Z])|[\s\S]/gu;

/** The keys in a piece of input. @internal */
export function keysIn(input: string): string[] {
  return [...input.matchAll(KEYS)].map(([key]) => NAMES[key] ?? key);
}

/** The terminal of this process. It is restored at every end of the program except a kill. @internal */
export class Screen {
  #lines: readonly string[] = [];
  #isOpen = false;
  readonly #onKey: (key: string) => void;
  readonly #onResize: () => void;
  readonly #receive = (input: Buffer | string): void => {
    for (const key of keysIn(String(input))) this.#onKey(key);
  };
  readonly #resized = (): void => {
    // The terminal may have moved the former picture.
    this.#lines = [];
    process.stdout.write('\x1b[2J');
    this.#onResize();
  };
  readonly #leave = (): void => this.close();
  readonly #ended = (): void => this.#onKey('q');
  readonly #signals = Object.entries(SIGNALS).map(([name, number]) => ({
    name: name as NodeJS.Signals,
    end: (): void => {
      this.close();
      process.exit(128 + number);
    },
  }));

  /** Takes the terminal. */
  constructor(onKey: (key: string) => void, onResize: () => void) {
    this.#onKey = onKey;
    this.#onResize = onResize;
    this.#isOpen = true;
    process.once('exit', this.#leave);
    for (const { name, end } of this.#signals) process.on(name, end);
    process.stdout.write(ENTER);
    process.stdout.on('resize', this.#resized);
    if (process.stdin.isTTY) process.stdin.setRawMode(true);
    process.stdin.on('data', this.#receive).on('end', this.#ended).resume();
  }

  /** The present size. */
  get size(): Size {
    const { columns = 80, rows = 24 } = process.stdout;
    return { columns, rows };
  }

  /** Shows these lines. Only changed lines are sent. */
  draw(lines: readonly string[]): void {
    if (!this.#isOpen) return;
    const changes: string[] = [];
    for (let row = 0; row < Math.max(lines.length, this.#lines.length); row += 1) {
      const line = lines[row] ?? '';
      if (line !== this.#lines[row]) changes.push(`\x1b[${row + 1};1H${line}\x1b[0m\x1b[K`);
    }
    this.#lines = lines;
    if (changes.length > 0) process.stdout.write(BEGIN + changes.join('') + END);
  }

  /** Restores the terminal. Further calls change nothing. */
  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    process.off('exit', this.#leave);
    for (const { name, end } of this.#signals) process.off(name, end);
    process.stdout.off('resize', this.#resized);
    process.stdin.off('data', this.#receive).off('end', this.#ended).pause();
    if (process.stdin.isTTY) process.stdin.setRawMode(false);
    try {
      // Synchronous, because the process may end before a stream has written.
      writeSync(1, LEAVE);
    } catch {
      // The terminal has been closed.
    }
  }
}
