// The modules of a crate, and the modules that each of them names in its paths. Code of tests is left out.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { withoutTests } from './rust.mjs';

/** All modules below a folder, each with its file and its imports; a folder of that name is left out. */
export function readModules(folder, except) {
  const files = readdirSync(folder, { recursive: true })
    .filter((file) => file.endsWith('.rs') && !file.startsWith(`${except}/`))
    .toSorted();
  const texts = new Map(files.map((file) => [file, readFileSync(join(folder, file), 'utf8')]));
  const named = new Map(files.map((file) => [file, nameOf(file)]));
  for (const [file, text] of texts) {
    // A module whose file has another name.
    for (const [, path, name] of text.matchAll(/#\[path = "(.+?)"\]\s*mod (\w+);/g)) {
      named.set(relative('', join(dirname(file), path)), [...named.get(file), name]);
    }
  }
  const known = new Set([...named.values()].map((name) => name.join('::')));
  return files
    .filter((file) => !isOfTests(file, texts, named))
    .map((file) => ({
      file,
      module: named.get(file).join('::'),
      imports: importsOf(withoutTests(texts.get(file)), named.get(file), known, except),
    }));
}

/** The path of the module that a file holds: empty for lib.rs. */
function nameOf(file) {
  const parts = file.replace(/\.rs$/, '').split('/');
  if (['mod', 'lib'].includes(parts.at(-1))) parts.pop();
  return parts;
}

/** Whether a file is declared for tests alone, by the module above. */
function isOfTests(file, texts, named) {
  const name = named.get(file);
  if (name.length === 0) return false;
  const above = name.slice(0, -1).join('::');
  const [parent] = [...named].find(([, other]) => other.join('::') === above) ?? [];
  return (
    parent !== undefined &&
    !new RegExp(`\\bmod ${name.at(-1)};`).test(withoutTests(texts.get(parent)))
  );
}

/** The modules that some code names, each once, with the first line that names it. */
function importsOf(code, own, known, except) {
  const children = [...code.matchAll(/\bmod (\w+);/g)].map(([, name]) => name);
  const found = new Map();
  for (const { path, at } of pathsIn(code, children)) {
    const absolute = resolve(path, [...own, ...inlineModulesAt(code, at)], children);
    if (!absolute || absolute[0] === except) continue;
    let length = absolute.length;
    while (!known.has(absolute.slice(0, length).join('::'))) length -= 1;
    const module = absolute.slice(0, length).join('::');
    if (module !== own.join('::') && !found.has(module)) {
      const line = code.slice(0, at).split('\n').length;
      found.set(module, { module, line, path: path.join('::') });
    }
  }
  return [...found.values()];
}

/** The paths that may lead to modules of the crate: those of `use`, and those in the code itself. */
function pathsIn(code, children) {
  const paths = [];
  const rest = code.replace(/\buse\s+([^;]+);/g, (all, tree, at) => {
    for (const path of expanded(tree)) paths.push({ path, at });
    return all.replace(/[^\n]/g, ' ');
  });
  const heads = ['crate', 'super', 'self', ...children].join('|');
  for (const match of rest.matchAll(new RegExp(`(?<![\\w:])(?:${heads})(?:::\\w+)+`, 'g'))) {
    paths.push({ path: match[0].split('::'), at: match.index });
  }
  return paths;
}

/** The paths of a tree of `use`: `a::{b, c::d}` is `a::b` and `a::c::d`. */
function expanded(tree) {
  const text = tree.replace(/\s+as\s+\w+/g, '').replace(/\s+/g, '');
  const open = text.indexOf('{');
  if (open < 0) return [text.split('::').filter((part) => part !== '*')];
  const head = text.slice(0, open).split('::').filter(Boolean);
  const parts = [];
  let depth = 0;
  let start = open + 1;
  for (let at = open; at < text.length; at += 1) {
    if (text[at] === '{') depth += 1;
    const isEnd = text[at] === '}' && depth === 1;
    if (isEnd || (text[at] === ',' && depth === 1)) {
      if (at > start) parts.push(text.slice(start, at));
      start = at + 1;
    }
    if (text[at] === '}') depth -= 1;
  }
  return parts.flatMap(expanded).map((path) => head.concat(path.filter((part) => part !== 'self')));
}

/** The names of the modules with a body of their own around a place in the code. */
function inlineModulesAt(code, at) {
  const names = [];
  for (const match of code.slice(0, at).matchAll(/\bmod (\w+) \{/g)) {
    let depth = 1;
    for (let index = match.index + match[0].length; index < at && depth > 0; index += 1) {
      if (code[index] === '{') depth += 1;
      if (code[index] === '}') depth -= 1;
    }
    if (depth > 0) names.push(match[1]);
  }
  return names;
}

/** A path from the root of the crate on; nothing for one that leads to another crate. */
function resolve([first, ...rest], within, children) {
  if (first === 'crate') return rest;
  if (children.includes(first)) return [...within, first, ...rest];
  if (first !== 'self' && first !== 'super') return undefined;
  const base = first === 'super' ? within.slice(0, -1) : within;
  return rest[0] === 'super' ? resolve(rest, base, []) : [...base, ...rest];
}
