// The README names only existing tests and files, and every guide.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import test from 'ava';

const readme = readFileSync('README.md', 'utf8');

test('the tests in the comparison exist', (t) => {
  const rows = [...readme.matchAll(/^\|.*\| `([\w/-]+)`: (.+?) *\|$/gm)];
  t.true(rows.length >= 15);
  for (const [, spec, title] of rows) {
    const text = readFileSync(`__test__/${spec}.spec.ts`, 'utf8');
    const titles = [
      ...text.matchAll(/\b(?:test|onLinux|onUnix)(?:\.serial)?\(\s*(['"`])([^]*?)\1,/g),
    ];
    t.true(
      titles.some(([, , found]) => found?.includes(title as string)),
      `${spec}: ${title}`,
    );
  }
});

test('all links lead to files, and every guide has a link', (t) => {
  for (const [, path] of readme.matchAll(/\]\((?!https?:)([^)#]+)/g)) {
    t.true(existsSync(path as string), path);
  }
  for (const guide of readdirSync('docs/guides'))
    t.true(readme.includes(`docs/guides/${guide}`), guide);
});
