// The declarations of the entry points, and of the files that they import. No other declaration is used,
// so no other is packed.
import { existsSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';

const DECLARATION = /\.d\.[cm]?ts$/;

/**
 * @param {string} folder of a package, with its manifest
 * @returns {Set<string>} paths in that folder
 */
export function reachableDeclarations(folder) {
  const { exports, typesVersions } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const found = new Set();
  const waiting = textsOf([exports, typesVersions]).filter((file) => DECLARATION.test(file));
  for (const entry of waiting) {
    const file = join(entry);
    if (found.has(file)) continue;
    found.add(file);
    waiting.push(...importedBy(folder, file));
  }
  return found;
}

/** Removes the others from a folder of the package. */
export function removeUnreachableDeclarations(folder, output) {
  const reachable = reachableDeclarations(folder);
  for (const name of readdirSync(join(folder, output), { recursive: true })) {
    const file = join(output, name);
    if (DECLARATION.test(file) && !reachable.has(file)) rmSync(join(folder, file));
  }
}

/** The declarations that one imports, with or without the names of what is imported. */
function importedBy(folder, file) {
  const text = readFileSync(join(folder, file), 'utf8');
  const specifiers = [...text.matchAll(/\b(?:from|import|import\()\s*['"](\.[^'"]+)['"]/g)];
  return specifiers.map(([, specifier]) => {
    const path = join(dirname(file), specifier);
    const declaration = path.replace(/\.([cm]?)js$/, '.d.$1ts');
    const known = [declaration, `${path}.d.ts`].find(
      (name) => DECLARATION.test(name) && existsSync(join(folder, name)),
    );
    if (!known) throw new Error(`${file} imports "${specifier}", which has no declaration.`);
    return known;
  });
}

/** All texts in a value, at any depth. */
export function textsOf(value) {
  if (typeof value === 'string') return [value];
  return value && typeof value === 'object' ? Object.values(value).flatMap(textsOf) : [];
}
