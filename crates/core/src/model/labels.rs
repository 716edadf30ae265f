//! The labels of one series: as pairs, as escaped text, and as what tells two series apart.

use crate::hash::{SEED, hash};
use crate::model::escape::{parse_labels, push_label};

/// The labels of one series.
///
/// Two sets with the same pairs are the same series, in whatever order they are written; the text keeps the order in
/// which they were first given, since that is how they are printed.
#[derive(Clone, Debug)]
pub struct Labels {
    /// `a="x",b="y"`, escaped.
    text: String,
    /// The sum of the pairs' hashes, which does not depend on their order.
    hash: u64,
}

impl Labels {
    /// Labels from pairs of name and value.
    ///
    /// ```
    /// use mpmetrics_core::Labels;
    /// assert_eq!(Labels::new([("path", "/a\"b")]).text(), r#"path="/a\"b""#);
    /// ```
    pub fn new<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Labels {
        let mut labels = Labels {
            text: String::new(),
            hash: 0,
        };
        for (name, value) in pairs {
            let start = labels.text.len() + usize::from(!labels.text.is_empty());
            push_label(name, value, &mut labels.text);
            labels.hash = labels
                .hash
                .wrapping_add(hash(&labels.text.as_bytes()[start..], SEED));
        }
        labels
    }

    /// Labels from their escaped text, which is taken as it is; `None` if it is none.
    ///
    /// ```
    /// use mpmetrics_core::Labels;
    /// assert_eq!(Labels::from_text("a=\"x\",b=\"\"".into()).unwrap().text(), "a=\"x\",b=\"\"");
    /// assert!(Labels::from_text("a=\"x".into()).is_none());
    /// ```
    pub fn from_text(text: String) -> Option<Labels> {
        let bytes = text.as_bytes();
        let (mut sum, mut start) = (0u64, 0);
        while start < bytes.len() {
            let equals = start + bytes[start..].iter().position(|byte| *byte == b'=')?;
            if bytes.get(equals + 1) != Some(&b'"') {
                return None;
            }
            let mut at = equals + 2;
            loop {
                match bytes.get(at)? {
                    b'"' => break,
                    b'\\' => at += 2,
                    b'\n' => return None,
                    _ => at += 1,
                }
            }
            sum = sum.wrapping_add(hash(&bytes[start..=at], SEED));
            start = at + 2;
            match bytes.get(at + 1) {
                None => break,
                Some(b',') if start < bytes.len() => {}
                Some(_) => return None,
            }
        }
        Some(Labels { text, hash: sum })
    }

    /// Labels from their escaped text.
    pub(crate) fn parse(text: &str) -> Labels {
        let pairs = parse_labels(text);
        Labels::new(
            pairs
                .iter()
                .map(|(name, value)| (name.as_str(), value.as_str())),
        )
    }

    /// The pairs whose name is among these, in order.
    pub(crate) fn among(&self, names: &[String]) -> Vec<(String, String)> {
        let mut pairs = parse_labels(&self.text);
        pairs.retain(|(name, _)| names.contains(name));
        pairs.sort();
        pairs
    }

    /// The escaped text, `a="x",b="y"`.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The hash of the series with these labels in that family.
    pub(crate) fn hash(&self, family: u32) -> u64 {
        hash(&family.to_le_bytes(), self.hash)
    }

    /// Whether a text from the heap holds the same pairs.
    pub(crate) fn is_written_as(&self, text: &[u8]) -> bool {
        if self.text.as_bytes() == text {
            return true;
        }
        let Some(text) = std::str::from_utf8(text)
            .ok()
            .filter(|text| text.len() == self.text.len())
        else {
            return false;
        };
        let sorted = |text| {
            let mut pairs = parse_labels(text);
            pairs.sort();
            pairs
        };
        sorted(&self.text) == sorted(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_of_labels_does_not_matter() {
        let (one, other) = (
            Labels::new([("a", "1"), ("b", "2")]),
            Labels::new([("b", "2"), ("a", "1")]),
        );
        assert_eq!(one.hash(3), other.hash(3));
        assert!(one.is_written_as(other.text().as_bytes()));
        assert!(!one.is_written_as(Labels::new([("a", "2"), ("b", "1")]).text().as_bytes()));
        assert_ne!(one.hash(3), one.hash(4));
    }

    #[test]
    fn values_that_look_like_labels_stay_values() {
        let (one, other) = (
            Labels::new([("x", "1\",y=\"2")]),
            Labels::new([("x", "1"), ("y", "2")]),
        );
        assert_ne!(one.text(), other.text());
        assert!(!one.is_written_as(other.text().as_bytes()));
    }
}
