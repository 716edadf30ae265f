//! Names in UTF-8, for readers that know only legacy names.

use super::format::Escaping;
use crate::model::escape::{pairs, push_label};
use crate::model::family::Family;
use crate::model::name::{is_label_name, is_metric_name};
use std::borrow::Cow;
use std::fmt::Write;
use std::ops::Range;

/// The family with its names escaped: the family itself if its names are legacy names anyway.
pub(super) fn escaped(family: &Family, escaping: Escaping) -> Cow<'_, Family> {
    if !family.utf8 || escaping == Escaping::AllowUtf8 {
        return Cow::Borrowed(family);
    }
    let mut escaped = family.clone();
    escaped.text.clear();
    if !is_metric_name(&family.name) {
        escaped.name = escape_name(&family.name, ":", escaping);
    }
    let series = escaped.series.iter_mut().map(|series| &mut series.labels);
    let exemplars = escaped.exemplars.iter_mut();
    let ranges = series.chain(exemplars.map(|exemplar| &mut exemplar.labels));
    for range in ranges {
        *range = push_escaped(&family.text[range.clone()], escaping, &mut escaped.text);
    }
    Cow::Owned(escaped)
}

/// Appends labels with escaped names, and returns where they are.
fn push_escaped(labels: &str, escaping: Escaping, text: &mut String) -> Range<usize> {
    let mut names: Vec<String> = Vec::new();
    let mut written = String::new();
    for (name, value) in pairs(labels) {
        let mut name = match is_label_name(&name) {
            true => name.into_owned(),
            false => escape_name(&name, "", escaping),
        };
        // Readers refuse a page on which a series has two labels of one name.
        while names.contains(&name) {
            name.push('_');
        }
        push_label(&name, &value, &mut written);
        names.push(name);
    }
    let start = text.len();
    text.push_str(&written);
    start..text.len()
}

/// A name that the legacy rule refuses, escaped. The rule allows letters, digits behind the first character, `_`, and `marks`.
fn escape_name(name: &str, marks: &str, escaping: Escaping) -> String {
    let mut escaped = String::with_capacity(name.len() + 8);
    if escaping == Escaping::Values {
        escaped.push_str("U__");
    }
    for (at, character) in name.char_indices() {
        let is_allowed = character.is_ascii_alphabetic()
            || character == '_'
            || marks.contains(character)
            || at > 0 && character.is_ascii_digit();
        match (escaping, character) {
            (Escaping::Dots | Escaping::Values, '_') => escaped.push_str("__"),
            _ if is_allowed => escaped.push(character),
            (Escaping::Dots, '.') => escaped.push_str("_dot_"),
            (Escaping::Dots, _) => escaped.push_str("__"),
            (Escaping::Values, _) => {
                let code = u32::from(character);
                // A string takes any text.
                let _ = write!(escaped, "_{code:x}_");
            }
            (Escaping::Underscores | Escaping::AllowUtf8, _) => escaped.push('_'),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::super::round_trip::numbers;
    use super::*;
    use crate::model::family::{Exemplar, Kind};

    #[test]
    fn a_name_is_escaped_by_its_scheme() {
        for (name, underscores, dots, values) in [
            ("my.name", "my_name", "my_dot_name", "U__my_2e_name"),
            ("a_b.c", "a_b_c", "a__b_dot_c", "U__a__b_2e_c"),
            ("1a 2", "_a_2", "__a__2", "U___31_a_20_2"),
            ("é:🙂", "_:_", "__:__", "U___e9_:_1f642_"),
        ] {
            let in_scheme = |escaping| escape_name(name, ":", escaping);
            assert_eq!(in_scheme(Escaping::Underscores), underscores);
            assert_eq!(in_scheme(Escaping::Dots), dots);
            assert_eq!(in_scheme(Escaping::Values), values);
        }
    }

    #[test]
    fn the_labels_of_series_and_exemplars_are_escaped_and_stay_apart() {
        let labels = r#""a.b"="x","a-b"="y",a_b="z",ok=""#;
        let mut family = numbers("c.d", "", Kind::Counter, &[(labels, 1.0), ("", 2.0)]);
        family.utf8 = true;
        let start = family.text.len();
        family.text.push_str(r#""trace.id"="1""#);
        family.exemplars = vec![Exemplar {
            bucket: 0,
            labels: start..family.text.len(),
            value: 1.0,
            timestamp: 1.0,
        }];
        let shown = escaped(&family, Escaping::Underscores);
        assert_eq!(shown.name, "c_d");
        assert_eq!(
            shown.labels(&shown.series[0]),
            r#"a_b="x",a_b_="y",a_b__="z""#
        );
        assert_eq!(shown.labels(&shown.series[1]), "");
        let exemplar = &shown.exemplars[0].labels;
        assert_eq!(&shown.text[exemplar.clone()], r#"trace_id="1""#);
        let as_it_is = escaped(&family, Escaping::AllowUtf8);
        assert!(matches!(as_it_is, Cow::Borrowed(_)));
    }

    #[test]
    fn legacy_names_stay_in_each_scheme() {
        let mut family = numbers("a_b:c", "", Kind::Counter, &[("a_b=\"x\"", 1.0)]);
        family.utf8 = true;
        for escaping in [Escaping::Underscores, Escaping::Dots, Escaping::Values] {
            let shown = escaped(&family, escaping);
            assert_eq!(shown.name, "a_b:c");
            assert_eq!(shown.labels(&shown.series[0]), "a_b=\"x\"");
        }
    }
}
