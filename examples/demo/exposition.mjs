// A strict parser of Prometheus text 0.0.4. It throws for text that Prometheus would refuse or could misread.

const VALUE = String.raw`[+-]?(?:\d+(?:\.\d+)?(?:e[+-]?\d+)?|Inf)|NaN`;
const SAMPLE = new RegExp(String.raw`^([A-Za-z_:][\w:]*)(?:\{(.*)\})? (${VALUE})$`);
const LABEL = /([A-Za-z_]\w*)="((?:[^"\\]|\\[\\"n])*)"(?:,|$)/y;
const ESCAPES = { '\\\\': '\\', '\\"': '"', '\\n': '\n' };

/**
 * Parses one page of metrics.
 *
 * @param {string} text the text of the server
 * @returns {Map<string, { type: string, help: string, samples: Map<string, number> }>} families by name; a sample's key
 * is its name and labels as they are written, such as `http_requests_total{code="200"}`
 * @throws {SyntaxError} with the line that is wrong
 */
export function parse(text) {
  const families = new Map();
  let family;
  if (!text.endsWith('\n')) throw new SyntaxError('the last line does not end');
  for (const line of text.split('\n')) {
    if (line === '' || /^# (?!HELP|TYPE)/.test(line)) continue;
    const comment = /^# (HELP|TYPE) ([A-Za-z_:][\w:]*) (.*)$/.exec(line);
    if (comment) {
      const [, keyword, name, rest] = comment;
      if (keyword === 'HELP') {
        if (families.has(name)) throw new SyntaxError(`a second family of this name: ${line}`);
        family = { type: 'untyped', help: rest, samples: new Map() };
        families.set(name, family);
      } else {
        if (families.get(name) !== family) throw new SyntaxError(`not below its HELP: ${line}`);
        if (!/^(?:counter|gauge|histogram|summary|untyped)$/.test(rest))
          throw new SyntaxError(line);
        family.type = rest;
      }
      continue;
    }
    const sample = SAMPLE.exec(line);
    if (!sample || !family) throw new SyntaxError(`not a sample: ${line}`);
    const [, name, labels = '', value] = sample;
    readLabels(labels, line);
    const key = labels ? `${name}{${labels}}` : name;
    if (family.samples.has(key)) throw new SyntaxError(`twice: ${line}`);
    family.samples.set(key, Number(value.replace('Inf', 'Infinity')));
  }
  return families;
}

/**
 * Reads the text between the braces of a sample.
 *
 * @param {string} text such as `code="200",method="GET"`
 * @returns {Record<string, string>} label values by name, unescaped
 */
export function readLabels(text, line = text) {
  const labels = {};
  let end = 0;
  while (end < text.length) {
    LABEL.lastIndex = end;
    const label = LABEL.exec(text);
    if (!label || label[1] in labels) throw new SyntaxError(`wrong labels: ${line}`);
    labels[label[1]] = label[2].replaceAll(/\\[\\"n]/g, (escaped) => ESCAPES[escaped]);
    end = LABEL.lastIndex;
  }
  return labels;
}

/** The sum of all samples of a name in a family, for any labels. */
export function total(family, name) {
  let sum = 0;
  for (const [key, value] of family?.samples ?? []) {
    if (key === name || key.startsWith(`${name}{`)) sum += value;
  }
  return sum;
}
