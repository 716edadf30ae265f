// The output: tables, colours for terminals, and data.

/** The styles of a text. @internal */
export type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan' | 'inverse';

const CODES: Readonly<Record<Style, readonly [number, number]>> = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  cyan: [36, 39],
  inverse: [7, 27],
};

/** Whether a stream is a terminal with colours, and `NO_COLOR` is not set. @internal */
export function hasColors(stream: NodeJS.WriteStream): boolean {
  // Node's own function observes NO_COLOR and the kind of terminal.
  return stream.isTTY && stream.hasColors();
}

/** Makes a function that styles texts, or returns them unchanged. @internal */
export function painter(isColored: boolean): (style: Style, text: string) => string {
  return (style, text) => {
    const [on, off] = CODES[style];
    return isColored ? `\x1b[${on}m${text}\x1b[${off}m` : text;
  };
}

/** Styles a text for standard output. @internal */
export function paint(style: Style, text: string): string {
  return painter(hasColors(process.stdout))(style, text);
}

/** Prints a text, and resolves when it was passed on. @internal */
export async function print(text: string): Promise<void> {
  return printBytes(text.endsWith('\n') ? text : `${text}\n`);
}

/** Prints bytes as they are. If that fails, the promise stays pending: standard output reports it, and the program ends. @internal */
export async function printBytes(bytes: string | Buffer): Promise<void> {
  return new Promise((resolve) => {
    process.stdout.write(bytes, (error) => {
      if (!error) resolve();
    });
  });
}

/** Prints data. @internal */
export async function printJson(data: unknown): Promise<void> {
  return print(JSON.stringify(data, jsonNumber, 2));
}

/** These numbers are texts in JSON, as Prometheus writes them. @internal */
export function jsonNumber(_key: string, value: unknown): unknown {
  if (typeof value !== 'number' || Number.isFinite(value)) return value;
  if (Number.isNaN(value)) return 'NaN';
  return value > 0 ? '+Inf' : '-Inf';
}

/** A column of a table. @internal */
export interface Column {
  readonly title: string;
  /** Whether the column is aligned to the right. */
  readonly isNumber?: boolean;
}

/** Rows as aligned columns with titles. @internal */
export function table(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const widths = columns.map(({ title }, index) =>
    Math.max(widthOf(title), ...rows.map((row) => widthOf(row[index] ?? ''))),
  );
  const line = (cells: readonly string[]): string =>
    columns
      .map(({ isNumber }, index) => aligned(cells[index] ?? '', widths[index] ?? 0, isNumber))
      .join('  ')
      .trimEnd();
  const head = line(columns.map(({ title }) => title));
  return [paint('dim', head), ...rows.map((row) => line(row))].join('\n');
}

/** A text, padded with spaces. @internal */
export function aligned(text: string, width: number, isRight = false): string {
  const gap = ' '.repeat(Math.max(0, width - widthOf(text)));
  return isRight ? gap + text : text + gap;
}

/** The width of a text in columns, without its styles. @internal */
export function widthOf(text: string): number {
  // oxlint-disable-next-line no-control-regex -- the escape character begins each style
  return [...text.replaceAll(/\x1b\[[0-9;]*m/g, '')].length;
}

/** A text that is cut to a width, with an ellipsis. @internal */
export function cut(text: string, width: number): string {
  const letters = [...text];
  if (letters.length <= width) return text;
  return width < 1 ? '' : `${letters.slice(0, width - 1).join('')}…`;
}
