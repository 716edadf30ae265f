// Guides by the way in which their code is tested, and the checks of their blocks.

import { readdirSync, readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { loadAll } from 'js-yaml';
import { pem } from '../server/ask';

/**
 * Guides with configurations and test files of other tools. Their blocks run in `scripts/bundlers`, and in the specs of pm2, of
 * settings and of runners.
 */
const OF_OTHER_TOOLS = new Set(['bundlers', 'processes', 'settings', 'testing']);

/** Guides in which each block of code is a program of its own, with its imports. */
export const GUIDES_OF_PROGRAMS: readonly string[] = readdirSync('docs/guides')
  .map((name) => name.replace(/\.md$/, ''))
  .filter((name) => !OF_OTHER_TOOLS.has(name));

/** The code with ports, addresses and certificates that a test has. */
export function inTest(code: string): string {
  return code
    .replaceAll('10.0.0.7', '127.0.0.1')
    .replaceAll(/\/etc\/shop\/(cert|key)\.pem/g, (_, part: 'cert' | 'key') =>
      pem(part === 'cert' ? 'server' : 'server-key'),
    )
    .replaceAll(/\b(?:9464|9465|9100|8080)\b/g, '0');
}

/** The blocks of a page in one language. */
export function blocksOf(page: string, language: string): string[] {
  const blocks = page.matchAll(new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\`$`, 'gm'));
  return [...blocks].map(([, block = '']) => block);
}

/** The lines of an excerpt that a text does not have in that order. Each is the beginning of a line. */
export function missingLines(text: string, excerpt: string): string[] {
  const lines = text.split('\n');
  return excerpt
    .trimEnd()
    .split('\n')
    .filter((wanted) => {
      const found = lines.findIndex((line) => line.startsWith(wanted));
      lines.splice(0, found + 1);
      return found === -1;
    });
}

/** Whether each value of an excerpt is the value of that key somewhere in the YAML of the examples. */
export function isInExamples(excerpt: unknown): boolean {
  const examples = readdirSync('examples', { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.ya?ml$/.test(name))
    .flatMap((name) => loadAll(readFileSync(`examples/${name}`, 'utf8')));
  return isIn(examples, excerpt);
}

function isIn(examples: unknown[], excerpt: unknown): boolean {
  return Object.entries(excerpt as object).every(
    ([key, value]) =>
      valuesOf(examples, key).some((found) => isDeepStrictEqual(found, value)) ||
      (typeof value === 'object' && !Array.isArray(value) && isIn(examples, value)),
  );
}

function valuesOf(tree: unknown, key: string): unknown[] {
  if (typeof tree !== 'object' || tree === null) return [];
  const own = Object.hasOwn(tree, key) ? [(tree as Record<string, unknown>)[key]] : [];
  return own.concat(Object.values(tree).flatMap((inner) => valuesOf(inner, key)));
}
