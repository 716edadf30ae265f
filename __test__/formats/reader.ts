// The parsers of Python's prometheus_client, which are independent of this package, read its pages.
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { ExecutionContext } from 'ava';

/** The package that pip installs. */
const PACKAGE = 'prometheus_client==0.26.0';
/** The folder that keeps it between runs. */
const CACHE = fileURLToPath(new URL('../../node_modules/.cache', import.meta.url));

/** The formats with a parser. */
export type Format = 'text' | 'openmetrics';

/** A sample as a parser reads it. */
export interface ReadSample {
  name: string;
  labels: Record<string, string>;
  value: number;
  exemplar: { labels: Record<string, string>; value: number; time?: string } | null;
}

/** A family as a parser reads it. */
export interface ReadFamily {
  name: string;
  help: string;
  type: string;
  unit: string;
  samples: ReadSample[];
}

/** Reads a page. Rejects with the parser's message if the parser refuses the page. */
export type Read = (format: Format, page: string) => Promise<ReadFamily[]>;

/** Starts the reading program, which ends with the test. */
export async function startReader(t: ExecutionContext): Promise<Read> {
  const child = spawn('python3', [fileURLToPath(new URL('read_pages.py', import.meta.url))], {
    env: { ...process.env, PYTHONPATH: await installed(), PYTHONUTF8: '1' },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  t.teardown(() => child.kill());
  await once(child, 'spawn').catch(refuse);
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return async (format, page) => {
    child.stdin.write(`${JSON.stringify({ format, page })}\n`);
    const { value, done } = await answers.next();
    if (done) throw new Error('The program that reads pages has ended.');
    const { families, error } = JSON.parse(value) as { families?: ReadFamily[]; error?: string };
    if (families === undefined) throw new Error(`The parser refuses the page: ${error}`);
    for (const sample of families.flatMap(({ samples }) => samples)) {
      sample.value = numberOf(sample.value);
      if (sample.exemplar) sample.exemplar.value = numberOf(sample.exemplar.value);
    }
    return families;
  };
}

/** The folder of the parsers. pip fills it if it does not exist. */
async function installed(): Promise<string> {
  const folder = join(CACHE, PACKAGE.replace('==', '-'));
  if (existsSync(folder)) return folder;
  mkdirSync(CACHE, { recursive: true });
  const made = mkdtempSync(`${folder}-`);
  try {
    // A folder of its own is allowed by the Python of a Linux distribution too.
    const args = ['-m', 'pip', 'install', '--quiet', '--no-deps', '--target', made, PACKAGE];
    await promisify(execFile)('python3', args);
    renameSync(made, folder);
  } catch (error) {
    rmSync(made, { recursive: true });
    // Another run may have been faster.
    if (existsSync(folder)) return folder;
    refuse(error);
  }
  return folder;
}

function refuse(cause: unknown): never {
  throw new Error(
    `This test reads pages with Python's ${PACKAGE}, which pip installs for it: python3 with pip must be there ` +
      `(Debian: apt-get install python3-pip; others: https://www.python.org). ${String(cause)}`,
    { cause },
  );
}

/** A number as Python writes it. */
function numberOf(text: unknown): number {
  return Number(`${text}`.replace('inf', 'Infinity').replace('nan', 'NaN'));
}
