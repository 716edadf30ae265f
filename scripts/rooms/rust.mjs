// The code of a Rust file without its comments, the insides of its texts, and its tests. Lines stay where they are.

/** A comment, a text in quotes, or a letter in quotes, which may hold a quote or a brace. */
const NO_CODE = /\/\/[^\n]*|\/\*[^]*?\*\/|r(#*)"[^]*?"\1|"(?:\\[^]|[^"\\])*"|'(?:\\[^']+|[^'\\])'/g;
const TESTS = /#\[cfg\((?:test\b|all\(test\b|any\(test\b)[^\n]*\]/g;

/** The code of a file. */
export function withoutTests(text) {
  let code = text.replace(NO_CODE, blank);
  for (const { index } of code.matchAll(TESTS)) {
    const end = endOfItem(code, index);
    code = code.slice(0, index) + blank(code.slice(index, end)) + code.slice(end);
  }
  return code;
}

function blank(text) {
  return text.replace(/[^\n]/g, ' ');
}

/** Where the item behind some attributes ends: at its semicolon or at the end of its body. */
function endOfItem(code, start) {
  let depth = 0;
  for (let at = start; at < code.length; at += 1) {
    if ('([{'.includes(code[at])) depth += 1;
    if (')]}'.includes(code[at])) depth -= 1;
    const isEnd = code[at] === ';' || code[at] === '}';
    if (isEnd && depth === 0) return at + 1;
  }
  return code.length;
}
