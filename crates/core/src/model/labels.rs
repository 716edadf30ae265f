//! The labels of one series: as pairs, as escaped text, and as a hash.

use crate::model::escape::{parse_labels, push_label};
use siphasher::sip::SipHasher13;
use std::cell::Cell;
use std::ops::Range;

/// The one label of a family's overflow series, beside default labels. OpenTelemetry has this name for it.
const OVERFLOW: &str = "otel_metric_overflow=\"true\"";

/// Label texts up to this length are never moved while they grow.
const USUAL_LENGTH: usize = 120;

/// Whether this is the label text of an overflow series: the series that counts for all series of its family that cannot be
/// made. A quote in a value is escaped, so the label cannot be part of another label's value.
pub(crate) fn is_overflow(text: &str) -> bool {
    text.split(',').any(|label| label == OVERFLOW)
}

/// The labels of one series.
///
/// Two sets with the same pairs are the same series, in any order. The text keeps the first order, which is printed.
#[derive(Clone, Debug)]
pub struct Labels {
    /// `a="x",b="y"`, escaped.
    text: String,
    /// Where each pair is in the text.
    pairs: Vec<Range<u32>>,
    /// The last hash with its key and family. A new series is first looked for, and then entered, under the same hash.
    hashed: Cell<Option<(u128, u32, u64)>>,
}

impl Labels {
    /// Labels from pairs of name and value.
    ///
    /// ```
    /// use mpmetrics_core::Labels;
    /// assert_eq!(Labels::new([("path", "/a\"b")]).text(), r#"path="/a\"b""#);
    /// ```
    pub fn new<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Labels {
        let pairs = pairs.into_iter();
        let mut labels = Labels {
            text: String::with_capacity(USUAL_LENGTH),
            pairs: Vec::with_capacity(pairs.size_hint().0),
            hashed: Cell::new(None),
        };
        for (name, value) in pairs {
            let start = labels.text.len() + usize::from(!labels.text.is_empty());
            push_label(name, value, &mut labels.text);
            labels.pairs.push(start as u32..labels.text.len() as u32);
        }
        labels
    }

    /// Labels from their escaped text, which is kept; `None` if the text is malformed.
    ///
    /// ```
    /// use mpmetrics_core::Labels;
    /// assert_eq!(Labels::from_text("a=\"x\",b=\"\"".into()).unwrap().text(), "a=\"x\",b=\"\"");
    /// assert!(Labels::from_text("a=\"x".into()).is_none());
    /// ```
    pub fn from_text(text: String) -> Option<Labels> {
        let bytes = text.as_bytes();
        let (mut pairs, mut start) = (Vec::new(), 0);
        while start < bytes.len() {
            // The name may be quoted as well.
            let equals = match bytes[start] {
                b'"' => closing_quote(bytes, start + 1)? + 1,
                _ => start + bytes[start..].iter().position(|byte| *byte == b'=')?,
            };
            if !bytes[equals..].starts_with(b"=\"") {
                return None;
            }
            let at = closing_quote(bytes, equals + 2)?;
            pairs.push(start as u32..at as u32 + 1);
            start = at + 2;
            match bytes.get(at + 1) {
                None => break,
                Some(b',') if start < bytes.len() => {}
                Some(_) => return None,
            }
        }
        Some(Labels {
            text,
            pairs,
            hashed: Cell::new(None),
        })
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

    /// The pairs with one of these names, in order.
    pub(crate) fn among(&self, names: &[String]) -> Vec<(String, String)> {
        let mut pairs = parse_labels(&self.text);
        pairs.retain(|(name, _)| names.contains(name));
        pairs.sort();
        pairs
    }

    /// Whether these are the labels of an overflow series: as [`is_overflow`], without a search for the labels.
    pub(crate) fn are_overflow(&self) -> bool {
        let text = &self.text;
        self.pairs
            .iter()
            .any(|pair| text[pair.start as usize..pair.end as usize] == *OVERFLOW)
    }

    /// The escaped text, `a="x",b="y"`.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The hash of the series with these labels in that family. It does not depend on the order of the labels.
    ///
    /// Label values come from outside. The key is the heap's random id, so no client can choose values with equal hashes.
    pub(crate) fn hash(&self, key: u128, family: u32) -> u64 {
        if let Some((with, of, hash)) = self.hashed.get()
            && (with, of) == (key, family)
        {
            return hash;
        }
        let hasher = SipHasher13::new_with_key(&key.to_le_bytes());
        let keyed = |bytes: &[u8]| hasher.hash(bytes);
        let text = self.text.as_bytes();
        let pairs = self
            .pairs
            .iter()
            .map(|pair| &text[pair.start as usize..pair.end as usize]);
        let sum = pairs.fold(0u64, |sum, pair| sum.wrapping_add(keyed(pair)));
        // Hashed once more, so that the sums of two families do not differ by a known number.
        let mut last = [0; 12];
        last[..8].copy_from_slice(&sum.to_le_bytes());
        last[8..].copy_from_slice(&family.to_le_bytes());
        let hash = keyed(&last);
        self.hashed.set(Some((key, family, hash)));
        hash
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

/// Where the quotation mark is that closes the escaped text from `at` on; `None` if there is none in the line.
fn closing_quote(bytes: &[u8], mut at: usize) -> Option<usize> {
    loop {
        match bytes.get(at)? {
            b'"' => return Some(at),
            b'\\' => at += 2,
            b'\n' => return None,
            _ => at += 1,
        }
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
        assert_eq!(one.hash(7, 3), other.hash(7, 3));
        assert!(one.is_written_as(other.text().as_bytes()));
        assert!(!one.is_written_as(Labels::new([("a", "2"), ("b", "1")]).text().as_bytes()));
        assert_ne!(one.hash(7, 3), one.hash(7, 4));
        assert_ne!(one.hash(7, 3), one.hash(8, 3));
    }

    /// Twelve pairs of blocks. For the hash of an earlier version, every block of a pair led to the same state.
    #[rustfmt::skip]
    const ALIKE: [[&str; 2]; 12] = [
        [r#"(=f{|u{$=J%(Y$S&Gfc}"#, r#"+qXG@P><=K|<8&>,G9#y"#],
        [r#"N!{LUZ=%!/88jOX.24;F"#, r#"Qm;FWy|#-hG,-I9(4MkB"#],
        [r#"2)A}#dMoe<K=(c:>#Rd]"#, r#"6$9'!dF'l>A(%!`@cqh]"#],
        [r#"9]dPR?fF~}:}+BWCv5gy"#, r#">l)v5d`CVGik9LjDT8`z"#],
        [r#":F)1=h,5#*Y4!8sdB^c-"#, r#"5D+l>|7h$j8/o3O&BDg,"#],
        [r#"bY>:{+>P,+]7XQ~-w^=8"#, r#"bX]WPdjT[,vk#6V*TeG9"#],
        [r#"qKW'-0J(VT.!E{/x{zOI"#, r#"tI>-4$H+Qp#!Bg+&Y9Jp"#],
        [r#")5?5S>F]QR=Uo{/om?VX"#, r#"'trp3.FNLL5s2Mx.*azG"#],
        [r#",(!!4GS,<*/1-*3]Aw&S"#, r#",)&<GB=('/f}&9SZJn.R"#],
        [r#"rM|;,T8VPoK.|AK]URt&"#, r#"w_H,&j^wTc9_[FH9,]R%"#],
        [r#".&Fym4CE_9IDopB!?D93"#, r#"-+FJnH|MD~ON*P@!zAyI"#],
        [r#"Q/?${lJ>im_a#@t(sC[f"#, r#"Rbo)rXYp|P5e.@n84DWl"#],
    ];

    #[test]
    fn values_chosen_to_collide_have_different_hashes() {
        let mut hashes = std::collections::HashSet::new();
        for choice in 0..1 << ALIKE.len() {
            let blocks = ALIKE.iter().enumerate();
            let value: String = blocks.map(|(at, pair)| pair[choice >> at & 1]).collect();
            hashes.insert(Labels::new([("path", value.as_str())]).hash(7, 3));
        }
        assert_eq!(hashes.len(), 1 << ALIKE.len());
    }

    #[test]
    fn quoted_names_are_taken_apart_like_values() {
        let labels = Labels::new([("a.b=\"c\",", "1"), ("d", "2")]);
        let text = labels.text().to_owned();
        assert_eq!(text, r#""a.b=\"c\","="1",d="2""#);
        let read = Labels::from_text(text).unwrap();
        assert_eq!(read.hash(7, 3), labels.hash(7, 3));
        for damaged in ["\"a", "\"a\"", "\"a\"x=\"1", "\"a\"=1"] {
            assert!(Labels::from_text(damaged.into()).is_none(), "{damaged}");
        }
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
