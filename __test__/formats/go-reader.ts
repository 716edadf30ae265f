// Prometheus' own readers, expfmt and client_model in Go, read our pages.
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { ExecutionContext } from 'ava';

/** The source of the reading program. */
const SOURCE = fileURLToPath(new URL('go', import.meta.url));
/** The folder that keeps the program between runs. */
const CACHE = fileURLToPath(new URL('../../node_modules/.cache', import.meta.url));

/** A series as the program prints it: numbers are texts, because JSON has no infinities. */
interface PrintedSeries {
  labels: Record<string, string>;
  value?: string;
  start?: string;
  count?: string;
  sum?: string;
  buckets?: [bound: string, count: string][];
  quantiles?: [rank: string, value: string][];
  native?: {
    schema: number;
    zeroThreshold: string;
    zeroCount: number;
    positive: [index: number, count: number][];
    negative: [index: number, count: number][];
  };
}

/** A series with its numbers, in the order of the page. */
export interface GoSeries {
  labels: Record<string, string>;
  start: number | null;
  numbers: number[];
  native: object | null;
}

/** A family as the program reads it. */
export interface GoFamily {
  name: string;
  help: string;
  type: string;
  series: GoSeries[];
}

/** Reads a page. Rejects with the reader's message if the reader refuses the page. */
export type GoRead = (format: 'protobuf' | 'text', page: Buffer) => Promise<GoFamily[]>;

/** Starts the reading program, which ends with the test. */
export async function startGoReader(t: ExecutionContext): Promise<GoRead> {
  const child = spawn(await built(), { stdio: ['pipe', 'pipe', 'inherit'] });
  t.teardown(() => child.kill());
  await once(child, 'spawn');
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return async (format, page) => {
    child.stdin.write(`${format} ${page.length}\n`);
    child.stdin.write(page);
    const { value, done } = await answers.next();
    if (done) throw new Error('The program that reads pages has ended.');
    const { families, error } = JSON.parse(value) as {
      families?: { name: string; help: string; type: string; series: PrintedSeries[] }[];
      error?: string;
    };
    if (families === undefined) throw new Error(`The reader refuses the page: ${error}`);
    return families.map(({ name, help, type, series }) => ({
      name,
      help,
      type,
      series: series.map(seriesOf),
    }));
  };
}

/** The program. Go builds it, and does nothing if the sources have not changed. */
async function built(): Promise<string> {
  mkdirSync(CACHE, { recursive: true });
  const program = join(CACHE, 'mpmetrics-formats');
  try {
    await promisify(execFile)('go', ['build', '-o', program, '.'], { cwd: SOURCE });
    return program;
  } catch (cause) {
    throw new Error(
      'This test reads pages with Prometheus’ expfmt, which Go builds for it: go must be there, and reach its module proxy ' +
        `(https://go.dev/dl). ${String(cause)}`,
      { cause },
    );
  }
}

function seriesOf({ labels, start, native, ...series }: PrintedSeries): GoSeries {
  const { value, count, sum, buckets = [], quantiles = [] } = series;
  const texts = [value, count, sum, ...buckets.flat(), ...quantiles.flat()];
  return {
    labels,
    start: start === undefined ? null : Number(start),
    numbers: texts.flatMap((text) => (text === undefined ? [] : [numberOf(text)])),
    native: native ? { ...native, zeroThreshold: numberOf(native.zeroThreshold) } : null,
  };
}

/** A number as Go writes it. */
function numberOf(text: string): number {
  return Number(text.replace('Inf', 'Infinity'));
}
