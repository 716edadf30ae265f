// Finds sentences that a reader may have to read twice, because they use pronouns instead of nouns of the field.

/** A sentence is hard from this number of words on, with at least this share of pronouns and relative words. */
const LENGTH = 14;
const SHARE = 0.3;

const PRONOUNS = new Set(
  'what who whoever whom whose those that which it its they them their one ones there others such this these'.split(
    ' ',
  ),
);

/** A relative clause without a noun before it, as the subject of a sentence or of a clause. */
const FREE_SUBJECT = new RegExp(
  '(?:^|[;:] |, (?=what |those )|[,;:] (?:and|but|or|so|since|because|for|if|when|while|where|as) )' +
    '(?:what|who|whoever|those (?:that|which|who)) ',
  'i',
);

/**
 * The hard sentences of a paragraph.
 *
 * @param {string} paragraph
 * @returns {string[]}
 */
export function hardSentences(paragraph) {
  return plain(paragraph)
    .split(/(?<=[.?!])["')\]]*\s+(?=["'(]?\p{Lu}|code\b)/u)
    .filter(
      (sentence) =>
        isQuestion(sentence) === false &&
        (FREE_SUBJECT.test(sentence) || clauses(sentence).some(isDense)),
    );
}

/** The text as it is read: code is one noun, and a link is its text. */
function plain(markdown) {
  return markdown
    .replaceAll(/`+[^`]*`+/g, 'code')
    .replaceAll(/!?\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replaceAll(/https?:\S+/g, 'address')
    .replaceAll(/(?<!\w)[*_]+|[*_]+(?!\w)/g, '');
}

function isQuestion(sentence) {
  return sentence.trimEnd().endsWith('?');
}

/** The sentence itself, and each of its parts between colons and semicolons. */
function clauses(sentence) {
  return [sentence, ...sentence.split(/[;:]\s/)];
}

function isDense(clause) {
  const words = clause.toLowerCase().match(/[\p{L}\d][\p{L}\d'’]*/gu) ?? [];
  const pronouns = words.filter((word) => PRONOUNS.has(word.replace(/['’].*$/, '')));
  return words.length >= LENGTH && pronouns.length >= words.length * SHARE;
}
