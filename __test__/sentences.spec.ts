// `npm run check:sentences`: its rules, and the prose that it finds in a file.
import test from 'ava';
import { hardSentences } from '../scripts/sentences/hard.mjs';
import { comments, paragraphs, titles } from '../scripts/sentences/passages.mjs';

const DENSE =
  'Those of which the same is hidden, as one: what is read at once is in one order, and so are the others.';

test('a sentence of 14 words or more is hard when 30 % of them are pronouns', (t) => {
  t.deepEqual(hardSentences(`The lock is free. ${DENSE}`), [DENSE]);
  t.deepEqual(hardSentences('It is what it is.'), []);
  const plain =
    'Registries that hide the same metrics are read together, so their order is kept for all.';
  t.deepEqual(hardSentences(plain), []);
});

test('a relative clause as a subject is hard, unless it is a question', (t) => {
  for (const hard of [
    'What was counted stays.',
    'The heap stays, and what was counted goes on.',
    'The writer ends: who comes next adopts its slot.',
    'Those that have a lease are live.',
  ]) {
    t.deepEqual(hardSentences(hard), [hard]);
  }
  t.deepEqual(hardSentences('What happens when a worker dies? Its cells stay.'), []);
  t.deepEqual(hardSentences('The writer, who holds the lease, is live.'), []);
});

test('code is one noun, and a link is its text', (t) => {
  t.deepEqual(hardSentences('Read `what it is that they do` and [the guide](what.md#it-is).'), []);
});

test('documents: paragraphs and list items, without headings, tables and code', (t) => {
  const text = [
    '# What it is',
    'One',
    'paragraph.',
    '- An item,',
    '  continued.',
    '| what | is |',
    '```',
    'What is code',
    '```',
  ].join('\n');
  t.deepEqual(paragraphs(text), [
    { line: 2, text: 'One paragraph.' },
    { line: 4, text: 'An item, continued.' },
  ]);
});

test('comments: each block by itself, tags apart, those behind code as well', (t) => {
  const text = [
    '// One',
    '// comment.',
    'let a = 1; // Another.',
    '/**',
    ' * A block.',
    ' *',
    ' * @param {string} a the first',
    ' */',
    '/// Rust.',
  ].join('\n');
  t.deepEqual(comments(text), [
    { line: 1, text: 'One comment.' },
    { line: 3, text: 'Another.' },
    { line: 5, text: 'A block.' },
    { line: 7, text: 'the first' },
    { line: 9, text: 'Rust.' },
  ]);
});

test('titles of tests, in both languages', (t) => {
  const ours = "test('it counts', () => {});\ntest.serial(`${kind}: it\\'s so`, () => {});";
  t.deepEqual(
    titles(ours, 'a.spec.ts').map(({ text }) => text),
    ['it counts', "x: it\\'s so"],
  );
  t.deepEqual(titles('#[test]\nfn a_lease_ends() {}\n', 'a.rs'), [
    { line: 1, text: 'a lease ends' },
  ]);
});
