// Lists sentences that a reader may have to read twice. Fails if an area has more of them than its budget.
//   npm run check:sentences              the sentences of each area that is over its budget
//   npm run check:sentences -- --list    all of them, area by area
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { main, Refusal, root } from './run.mjs';
import { hardSentences } from './sentences/hard.mjs';
import { comments, paragraphs, titles } from './sentences/passages.mjs';

const SOURCE = /\.(?:[cm]?[jt]s|rs)$/;
// binding.d.cts repeats the comments of crates/node, and docs/api those of src.
const GENERATED = /^(?:binding\.|docs\/api\/)/;

// Budgets only go down: documents, comments and test titles may have none, because a reader should read each sentence once.
const AREAS = [
  { name: 'documents', budget: 0, files: /(?<!ARCHITECTURE)\.md$/, passages: paragraphs },
  { name: 'architecture', budget: 0, files: /ARCHITECTURE\.md$/, passages: paragraphs },
  { name: 'comments of src', budget: 0, files: /^(?:src\/|index\.ts)/, passages: comments },
  { name: 'comments of crates', budget: 0, files: /^crates\//, passages: comments },
  {
    name: 'comments elsewhere',
    budget: 0,
    files: /^(?!src\/|index\.ts|crates\/)/,
    passages: comments,
  },
  { name: 'titles', budget: 0, files: /./, passages: titles },
];

await main(() => {
  const { list } = parseArgs({ options: { list: { type: 'boolean', default: false } } }).values;
  const files = execFileSync('git', ['ls-files'], { cwd: root, encoding: 'utf8' })
    .trim()
    .split('\n')
    .filter((path) => existsSync(join(root, path)));
  const over = [];
  for (const area of AREAS) {
    const found = files.filter((path) => isIn(area, path)).flatMap((path) => hardIn(path, area));
    if (found.length > area.budget) over.push(`${area.name} (${found.length})`);
    if (list || found.length > area.budget) {
      console.log(`${area.name}: ${found.length}, at most ${area.budget}`);
      for (const line of found) console.log(`  ${line}`);
    }
  }
  if (over.length > 0) {
    throw new Refusal(
      `Too many sentences that a reader may have to read twice: ${over.join(', ')}.\n` +
        '  Give each a noun of the field as its subject, and say one thing in it.',
    );
  }
});

function isIn({ files, passages }, path) {
  return (
    files.test(path) && !GENERATED.test(path) && (passages === paragraphs || SOURCE.test(path))
  );
}

function hardIn(path, { passages }) {
  return passages(readFileSync(join(root, path), 'utf8'), path).flatMap(({ line, text }) =>
    hardSentences(text).map((sentence) => `${path}:${line}  ${sentence}`),
  );
}
