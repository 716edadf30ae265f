//! Escaped text, for label values and help texts, and its inverse.
//!
//! A series' labels are stored as they are printed (`method="GET",code="200"`), so that a scrape copies them.
//! [`parse_labels`] takes them apart for readers that want data. A name that is not legacy stands between quotation marks.

use super::name::is_label_name;
use std::borrow::Cow;

/// Appends `value` to `out`, with `\`, `"` and line feeds escaped, as both formats require in label values.
///
/// ```
/// let mut out = String::new();
/// mpmetrics_core::expose::escape_label_value("C:\\ \"x\"\n", &mut out);
/// assert_eq!(out, r#"C:\\ \"x\"\n"#);
/// ```
pub fn escape_label_value(value: &str, out: &mut String) {
    escape(value, true, out);
}

/// Appends `name="value"` to `labels`, after a comma unless it is the first label. A name that the legacy rule refuses is
/// quoted as well.
///
/// ```
/// let mut labels = String::new();
/// mpmetrics_core::expose::push_label("a", "x", &mut labels);
/// mpmetrics_core::expose::push_label("b", "\"", &mut labels);
/// assert_eq!(labels, r#"a="x",b="\"""#);
/// ```
pub fn push_label(name: &str, value: &str, labels: &mut String) {
    labels.reserve(name.len() + value.len() + 4);
    if !labels.is_empty() {
        labels.push(',');
    }
    if is_label_name(name) {
        labels.push_str(name);
    } else {
        push_quoted(name, labels);
    }
    labels.push('=');
    push_quoted(value, labels);
}

/// Appends text between quotation marks, escaped.
pub(crate) fn push_quoted(text: &str, out: &mut String) {
    out.push('"');
    escape(text, true, out);
    out.push('"');
}

/// Appends a help text of the Prometheus format, which does not escape quotes.
pub(crate) fn push_help(help: &str, out: &mut Vec<u8>) {
    push_escaped(help, false, out);
}

/// Appends a help text of OpenMetrics, which escapes quotes.
pub(crate) fn push_quoted_help(help: &str, out: &mut Vec<u8>) {
    push_escaped(help, true, out);
}

fn push_escaped(text: &str, quotes: bool, out: &mut Vec<u8>) {
    let mut escaped = String::with_capacity(text.len());
    escape(text, quotes, &mut escaped);
    out.extend_from_slice(escaped.as_bytes());
}

fn escape(text: &str, quotes: bool, out: &mut String) {
    let is_special = |byte| matches!(byte, b'\\' | b'\n' | b'"');
    // Few texts need an escape. One pass without branches finds that out.
    if !text
        .bytes()
        .fold(false, |found, byte| found | is_special(byte))
    {
        out.push_str(text);
        return;
    }
    let mut start = 0;
    for (at, byte) in text.bytes().enumerate() {
        let replacement = match byte {
            b'\\' => "\\\\",
            b'\n' => "\\n",
            b'"' if quotes => "\\\"",
            _ => continue,
        };
        // All three are single bytes in UTF-8, so `at` is a boundary, and the next one is too.
        out.push_str(&text[start..at]);
        out.push_str(replacement);
        start = at + 1;
    }
    out.push_str(&text[start..]);
}

/// Takes escaped labels apart: the inverse of [`push_label`], in the same order.
///
/// The result ends at the first text that is no label. A snapshot has checked the text before, so no error is reported here.
///
/// ```
/// let labels = mpmetrics_core::expose::parse_labels(r#"a="1,b=\"2\"",b="""#);
/// assert_eq!(labels, [("a".into(), "1,b=\"2\"".into()), ("b".into(), String::new())]);
/// ```
pub fn parse_labels(labels: &str) -> Vec<(String, String)> {
    pairs(labels)
        .map(|(name, value)| (name.into_owned(), value.into_owned()))
        .collect()
}

/// The first pair of escaped labels, and the pairs behind it. `None`: there is no pair, its name is quoted, or its value has
/// an escape. Then [`pairs`] takes the rest apart, with twice the instructions.
#[inline]
pub(crate) fn plain_pair(labels: &[u8]) -> Option<(&[u8], &[u8], &[u8])> {
    let equals = first_of([b'=', b'"'], labels)?;
    let (name, after) = labels.split_at(equals);
    let text = after.strip_prefix(b"=\"")?;
    let end = first_of([b'"', b'\\'], text)?;
    let (value, after) = text.split_at(end);
    let after = after.strip_prefix(b"\"")?;
    Some((name, value, after.strip_prefix(b",").unwrap_or_default()))
}

/// The place of the first byte that is one of two, eight bytes at a time.
#[inline]
fn first_of([one, other]: [u8; 2], text: &[u8]) -> Option<usize> {
    const ONES: u64 = u64::from_le_bytes([1; 8]);
    const HIGH: u64 = ONES << 7;
    // The lowest set bit belongs to the first byte of zero. Higher bits may be wrong.
    let zeroes = |word: u64| word.wrapping_sub(ONES) & !word & HIGH;
    let (chunks, rest) = text.as_chunks();
    for (index, chunk) in chunks.iter().enumerate() {
        let word = u64::from_le_bytes(*chunk);
        let found =
            zeroes(word ^ (ONES * u64::from(one))) | zeroes(word ^ (ONES * u64::from(other)));
        if found != 0 {
            return Some(8 * index + found.trailing_zeros() as usize / 8);
        }
    }
    let place = rest
        .iter()
        .position(|byte| *byte == one || *byte == other)?;
    Some(8 * chunks.len() + place)
}

/// The same as [`parse_labels`], one pair after the other. Text without escapes is not copied.
pub(crate) fn pairs(labels: &str) -> Pairs<'_> {
    Pairs { rest: labels }
}

/// The pairs of escaped labels.
pub(crate) struct Pairs<'a> {
    rest: &'a str,
}

impl<'a> Iterator for Pairs<'a> {
    type Item = (Cow<'a, str>, Cow<'a, str>);

    fn next(&mut self) -> Option<Self::Item> {
        let (name, after) = match self.rest.strip_prefix('"') {
            Some(quoted) => {
                let (name, after) = unescape(quoted)?;
                (name, after.strip_prefix('=')?)
            }
            None => {
                let equals = self.rest.bytes().position(|byte| byte == b'=')?;
                (
                    Cow::Borrowed(&self.rest[..equals]),
                    &self.rest[equals + 1..],
                )
            }
        };
        let (value, after) = unescape(after.strip_prefix('"')?)?;
        self.rest = after.strip_prefix(',').unwrap_or("");
        Some((name, value))
    }
}

/// Reads up to the closing quote: the value, and the text behind the quote.
fn unescape(text: &str) -> Option<(Cow<'_, str>, &str)> {
    let special = |text: &str| first_of([b'"', b'\\'], text.as_bytes());
    let at = special(text)?;
    if text.as_bytes()[at] == b'"' {
        return Some((Cow::Borrowed(&text[..at]), &text[at + 1..]));
    }
    let mut value = String::new();
    let mut rest = text;
    loop {
        let at = special(rest)?;
        value.push_str(&rest[..at]);
        let escaped = &rest[at + 1..];
        if rest.as_bytes()[at] == b'"' {
            return Some((Cow::Owned(value), escaped));
        }
        let character = escaped.chars().next()?;
        value.push(if character == 'n' { '\n' } else { character });
        rest = &escaped[character.len_utf8()..];
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_help_text_keeps_its_quotes_in_the_prometheus_format_only() {
        let mut out = Vec::new();
        push_help("a \"b\"\n\\", &mut out);
        assert_eq!(out, br#"a "b"\n\\"#);
        out.clear();
        push_quoted_help("a \"b\"\n\\", &mut out);
        assert_eq!(out, br#"a \"b\"\n\\"#);
    }

    #[test]
    fn empty_labels_are_an_empty_text() {
        assert_eq!(parse_labels(""), []);
    }

    #[test]
    fn damaged_labels_end_the_result() {
        for damaged in ["a", "a=", "a=\"", "a=\"x", "a=\"x\\", "a=\"x\\\""] {
            assert_eq!(parse_labels(damaged), [], "{damaged}");
        }
        assert_eq!(
            parse_labels("a=\"x\"b=\"y\""),
            [("a".to_owned(), "x".to_owned())]
        );
    }

    proptest! {
        #[test]
        fn labels_are_read_back_unchanged(
            labels in proptest::collection::vec(("[a-zA-Z_][a-zA-Z0-9_]{0,8}|[a=.,\"\\\\\n]{1,9}", ".*|[\"\\\\\n,=a]*"), 0..5)
        ) {
            let mut text = String::new();
            for (name, value) in &labels {
                push_label(name, value, &mut text);
            }
            prop_assert!(!text.contains('\n'));
            prop_assert_eq!(parse_labels(&text), labels);
        }

        #[test]
        fn the_first_of_two_bytes_is_found(text in proptest::collection::vec(any::<u8>(), 0..40), one: u8, other: u8) {
            let expected = text.iter().position(|byte| [one, other].contains(byte));
            prop_assert_eq!(first_of([one, other], &text), expected);
            let few: Vec<_> = text.iter().map(|byte| byte % 4).collect();
            let expected = few.iter().position(|byte| [3, 2].contains(byte));
            prop_assert_eq!(first_of([3, 2], &few), expected);
        }

        #[test]
        fn plain_pairs_are_those_of_the_general_way(text in "([a\"\\\\=,n]|a=\"n\",)*") {
            let Some((name, value, after)) = plain_pair(text.as_bytes()) else {
                return Ok(());
            };
            let (first, rest) = pairs(&text).next().zip(std::str::from_utf8(after).ok()).unwrap();
            prop_assert_eq!((first.0.as_bytes(), first.1.as_bytes()), (name, value));
            prop_assert_eq!(&parse_labels(&text)[1..], parse_labels(rest));
        }

        #[test]
        fn no_text_causes_a_panic(text in "[a\"\\\\=,n]*") {
            parse_labels(&text);
        }
    }
}
