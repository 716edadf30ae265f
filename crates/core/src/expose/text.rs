//! The Prometheus text format in prom-client's layout: version 0.0.4, and with quoted names version 1.0.0.
//!
//! ```text
//! # HELP requests_total Requests answered
//! # TYPE requests_total counter
//! requests_total{method="GET"} 3
//!                                          a blank line between families, none at the end
//! # HELP seconds Time taken
//! # TYPE seconds histogram
//! seconds_bucket{le="0.1",method="GET"} 2
//! seconds_bucket{le="+Inf",method="GET"} 3
//! seconds_sum{method="GET"} 0.75
//! seconds_count{method="GET"} 3
//! ```

use super::number::push_number;
use super::sample_name::{plain_name, push_name};
use super::samples::{Samples, push_samples};
use crate::model::escape::push_help;
use crate::model::family::{Family, Kind};

/// Appends a family, behind a blank line unless it is the first.
pub(super) fn push_family(family: &Family, is_first: bool, out: &mut Vec<u8>) {
    if !is_first {
        out.push(b'\n');
    }
    let name = &plain_name(family);
    out.extend_from_slice(b"# HELP ");
    push_name(name, out);
    out.push(b' ');
    push_help(&family.help, out);
    out.extend_from_slice(b"\n# TYPE ");
    push_name(name, out);
    for part in [b" ", kind(family.kind), b"\n"] {
        out.extend_from_slice(part);
    }
    let samples = Samples {
        name,
        value_suffix: "",
        created: false,
        exemplars: false,
        sum_and_count: true,
        any_number: true,
        push_bound: push_number,
    };
    push_samples(family, &samples, out);
}

/// Ends the exposition. Without families it is one line feed.
pub(super) fn end(is_empty: bool, out: &mut Vec<u8>) {
    if is_empty {
        out.push(b'\n');
    }
}

/// The name of a kind. The format has no infos and enums: they are gauges.
fn kind(kind: Kind) -> &'static [u8] {
    match kind {
        Kind::Counter => b"counter",
        Kind::Gauge | Kind::Info | Kind::Enum => b"gauge",
        Kind::Histogram => b"histogram",
        Kind::Summary => b"summary",
        Kind::Unknown => b"untyped",
    }
}

#[cfg(test)]
mod tests {
    use super::super::round_trip::{histogram, numbers};
    use super::super::{Encoding, Escaping, Format, encode};
    use super::*;

    fn text(families: &[Family]) -> String {
        let mut out = Vec::new();
        encode(families, Format::Text, &mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn an_empty_registry_is_one_newline() {
        assert_eq!(text(&[]), "\n");
    }

    #[test]
    fn families_are_separated_by_one_blank_line() {
        let counter = numbers("c", "Help", Kind::Counter, &[("", 1.5)]);
        let mut gauge = numbers(
            "g",
            "A \"b\"\n\\",
            Kind::Gauge,
            &[("a=\"x\",b=\"y\"", -2.0), ("a=\"\"", f64::NAN)],
        );
        gauge.unit = "seconds".to_owned();
        let empty = numbers("e_total", "Nothing yet", Kind::Counter, &[]);
        assert_eq!(
            text(&[counter, gauge, empty]),
            "# HELP c Help\n# TYPE c counter\nc 1.5\n\
             \n# HELP g A \"b\"\\n\\\\\n# TYPE g gauge\ng{a=\"x\",b=\"y\"} -2\ng{a=\"\"} NaN\n\
             \n# HELP e_total Nothing yet\n# TYPE e_total counter\n"
        );
    }

    #[test]
    fn names_in_utf8_stand_between_the_braces() {
        let mut counter = numbers(
            "a.\"b\"",
            "H",
            Kind::Counter,
            &[("\"c.d\"=\"x\"", 1.0), ("", 2.0)],
        );
        let mut histogram = histogram("é", "H", &[0.5], &[("", 7.5, &[1.0, 2.0])]);
        (counter.utf8, histogram.utf8) = (true, true);
        let families = [counter, histogram];
        let encoded = |escaping| {
            let mut out = Vec::new();
            let encoding = Encoding {
                escaping,
                ..Format::Text.into()
            };
            encode(&families, encoding, &mut out);
            String::from_utf8(out).unwrap()
        };
        assert_eq!(
            encoded(Escaping::AllowUtf8),
            "# HELP \"a.\\\"b\\\"\" H\n# TYPE \"a.\\\"b\\\"\" counter\n\
             {\"a.\\\"b\\\"\",\"c.d\"=\"x\"} 1\n{\"a.\\\"b\\\"\"} 2\n\
             \n# HELP \"é\" H\n# TYPE \"é\" histogram\n\
             {\"é_bucket\",le=\"0.5\"} 1\n{\"é_bucket\",le=\"+Inf\"} 3\n{\"é_sum\"} 7.5\n{\"é_count\"} 3\n"
        );
        assert_eq!(
            encoded(Escaping::Underscores),
            "# HELP a__b_ H\n# TYPE a__b_ counter\na__b_{c_d=\"x\"} 1\na__b_ 2\n\
             \n# HELP _ H\n# TYPE _ histogram\n\
             __bucket{le=\"0.5\"} 1\n__bucket{le=\"+Inf\"} 3\n__sum 7.5\n__count 3\n"
        );
    }

    #[test]
    fn a_histogram_has_cumulative_buckets_with_le_first() {
        let family = histogram(
            "h",
            "Help",
            &[0.1, 5.0],
            &[
                ("", 7.5, &[1.0, 0.0, 2.0]),
                ("a=\"x\"", 0.0, &[0.0, 0.0, 0.0]),
            ],
        );
        assert_eq!(
            text(&[family]),
            "# HELP h Help\n# TYPE h histogram\n\
             h_bucket{le=\"0.1\"} 1\nh_bucket{le=\"5\"} 1\nh_bucket{le=\"+Inf\"} 3\nh_sum 7.5\nh_count 3\n\
             h_bucket{le=\"0.1\",a=\"x\"} 0\nh_bucket{le=\"5\",a=\"x\"} 0\nh_bucket{le=\"+Inf\",a=\"x\"} 0\n\
             h_sum{a=\"x\"} 0\nh_count{a=\"x\"} 0\n"
        );
    }
}
