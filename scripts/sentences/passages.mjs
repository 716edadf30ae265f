// The prose of a file: paragraphs of a document, comments of a source file, and titles of tests.

const FENCE = /^\s*(?:```|~~~)/;
const LIST_ITEM = /^\s*(?:[-*]|\d+\.)\s+/;
// The type of a tag, and the name that some tags have before their text.
const TAG =
  /^@(?:(?:param|property|template|typedef)\s+(?:\{.*\}\s+)?[\w.[\]=]+(?: -)?|\w+(?:\s+\{.*\})?)\s*/;

/**
 * A paragraph with the number of its first line.
 *
 * @typedef {{ line: number, text: string }} Passage
 */

/**
 * The paragraphs and list items of a Markdown document, without headings, tables, code and comments.
 *
 * @param {string} text
 * @returns {Passage[]}
 */
export function paragraphs(text) {
  const withoutComments = text.replaceAll(/<!--[^]*?-->/g, (comment) =>
    comment.replaceAll(/[^\n]/g, ''),
  );
  return joined(
    withoutComments.split('\n').map((content, index) => ({ line: index + 1, text: content })),
  );
}

/**
 * The paragraphs of the comments of a source file in JavaScript, TypeScript or Rust.
 *
 * @param {string} text
 * @returns {Passage[]}
 */
export function comments(text) {
  const blocks = [];
  let block = [];
  let inBlockComment = false;
  const finish = () => {
    blocks.push(block);
    block = [];
  };
  for (const [index, content] of text.split('\n').entries()) {
    const line = index + 1;
    if (inBlockComment) {
      inBlockComment = !content.includes('*/');
      block.push({ line, text: content.replace(/\*\/.*$/, '').replace(/^\s*\* ?/, '') });
      continue;
    }
    const whole = /^\s*(?:\/\/[/!]?|(?<open>\/\*[*!]?)) ?(?<rest>.*)$/.exec(content)?.groups;
    const trailing = /\s\/\/ (?<rest>.+)$/.exec(content)?.groups;
    if (!whole || whole.open) finish();
    if (whole) {
      inBlockComment = whole.open !== undefined && !whole.rest.includes('*/');
      block.push({ line, text: whole.rest.replace(/\s*\*\/.*$/, '') });
    } else if (trailing) {
      block.push({ line, text: trailing.rest });
    }
    if (!whole) finish();
  }
  finish();
  return blocks.flatMap(joined);
}

/**
 * The titles of AVA's tests, and the names of Rust's with spaces for underscores.
 *
 * @param {string} text
 * @param {string} path decides which of the two are looked for
 * @returns {Passage[]}
 */
export function titles(text, path) {
  const lineAt = (index) => text.slice(0, index).split('\n').length;
  const pattern = path.endsWith('.rs')
    ? /#\[test\]\s*(?:#\[.*\]\s*)*fn (?<title>\w+)/g
    : /\btest(?:\.\w+)*\(\s*(?<quote>['"`])(?<title>[^]*?)(?<!\\)\k<quote>/g;
  return Array.from(text.matchAll(pattern), ({ index, groups: { title } }) => ({
    line: lineAt(index),
    text: path.endsWith('.rs') ? title.replaceAll('_', ' ') : title.replaceAll(/\$\{.*?\}/g, 'x'),
  }));
}

/** Joins the lines of each paragraph. Code, tables, headings and directives end one; list items and tags begin one. */
function joined(lines) {
  const passages = [];
  /** @type {Passage | undefined} */
  let current;
  let inCode = false;
  for (const { line, text } of lines) {
    if (FENCE.test(text)) inCode = !inCode;
    if (inCode || FENCE.test(text) || /^\s*(?:$|\||#|@ts-)/.test(text)) {
      current = undefined;
      continue;
    }
    const item = LIST_ITEM.test(text) || TAG.test(text);
    if (!current || item) passages.push((current = { line, text: '' }));
    const content = text.replace(LIST_ITEM, '').replace(TAG, '').trim();
    current.text += current.text === '' ? content : ` ${content}`;
  }
  return passages;
}
