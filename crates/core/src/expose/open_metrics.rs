//! OpenMetrics text, in both dialects.
//!
//! The differences from the Prometheus format: a counter's family is named without `_total` and its samples with it, and an
//! info's likewise with `_info`. Units are printed, no line is blank, and the end is marked. The standard dialect also
//! prints creation times if they are asked for, writes bounds as Go does, and escapes quotes in help texts.
//!
//! ```text
//! # HELP requests Requests answered
//! # TYPE requests counter
//! requests_total{method="GET"} 3
//! requests_created{method="GET"} 1754000000.25
//! # EOF
//! ```

use super::format::Dialect;
use super::number::{push_canonical, push_number};
use super::sample_name::{push_name, suffixed_name, unit_of};
use super::samples::{Samples, push_samples};
use crate::model::escape::{push_help, push_quoted_help};
use crate::model::family::{Family, Kind};

/// Appends a family.
pub(super) fn push_family(family: &Family, dialect: Dialect, created: bool, out: &mut Vec<u8>) {
    let is_standard = dialect == Dialect::Standard;
    let (name, suffix) = suffixed_name(family);
    out.extend_from_slice(b"# HELP ");
    push_name(name, out);
    out.push(b' ');
    if is_standard {
        push_quoted_help(&family.help, out);
    } else {
        push_help(&family.help, out);
    }
    out.extend_from_slice(b"\n# TYPE ");
    push_name(name, out);
    for part in [" ", kind(family.kind), "\n"] {
        out.extend_from_slice(part.as_bytes());
    }
    if let Some(unit) = unit_of(family) {
        out.extend_from_slice(b"# UNIT ");
        push_name(name, out);
        for part in [" ", unit, "\n"] {
            out.extend_from_slice(part.as_bytes());
        }
    }
    let samples = Samples {
        name,
        value_suffix: suffix,
        created: created
            && is_standard
            && matches!(family.kind, Kind::Counter | Kind::Histogram | Kind::Summary),
        exemplars: true,
        // With negative observations a sum may fall, which the format forbids. The format also forbids the count without the
        // sum; the last bucket has the same number.
        sum_and_count: !is_standard || family.bounds.first().is_none_or(|bound| *bound >= 0.0),
        any_number: !is_standard,
        push_bound: if is_standard {
            push_canonical
        } else {
            push_number
        },
    };
    push_samples(family, &samples, out);
}

/// Ends the exposition.
pub(super) fn end(out: &mut Vec<u8>) {
    out.extend_from_slice(b"# EOF\n");
}

/// The name of a kind.
pub(super) fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Counter => "counter",
        Kind::Gauge => "gauge",
        Kind::Histogram => "histogram",
        Kind::Summary => "summary",
        Kind::Info => "info",
        Kind::Enum => "stateset",
        Kind::Unknown => "unknown",
    }
}

#[cfg(test)]
mod tests {
    use super::super::round_trip::{histogram, numbers};
    use super::super::{Encoding, Format, encode};
    use super::*;
    use crate::model::family::{Series, Value};

    fn in_dialect(dialect: Dialect, families: &[Family]) -> String {
        let mut out = Vec::new();
        let encoding = Encoding {
            created: true,
            ..Format::OpenMetrics(dialect).into()
        };
        encode(families, encoding, &mut out);
        String::from_utf8(out).unwrap()
    }

    fn open_metrics(families: &[Family]) -> String {
        in_dialect(Dialect::Standard, families)
    }

    #[test]
    fn an_empty_registry_is_only_the_end() {
        for dialect in [Dialect::Standard, Dialect::PromClient] {
            assert_eq!(in_dialect(dialect, &[]), "# EOF\n");
        }
    }

    #[test]
    fn prom_clients_dialect_has_no_creation_times_and_every_number() {
        let counter = numbers(
            "c_total",
            "All \"of\" them",
            Kind::Counter,
            &[("", f64::NAN)],
        );
        let histogram = histogram("h", "Help", &[-1.0, 1e6], &[("", -7.5, &[1.0, 0.0, 2.0])]);
        assert_eq!(
            in_dialect(Dialect::PromClient, &[counter, histogram]),
            "# HELP c All \"of\" them\n# TYPE c counter\nc_total NaN\n\
             # HELP h Help\n# TYPE h histogram\n\
             h_bucket{le=\"-1\"} 1\nh_bucket{le=\"1000000\"} 1\nh_bucket{le=\"+Inf\"} 3\nh_sum -7.5\nh_count 3\n\
             # EOF\n"
        );
    }

    #[test]
    fn a_counter_ends_in_total_once() {
        for name in ["requests", "requests_total"] {
            let family = numbers(name, "All \"of\" them", Kind::Counter, &[("a=\"x\"", 3.0)]);
            assert_eq!(
                open_metrics(&[family]),
                "# HELP requests All \\\"of\\\" them\n# TYPE requests counter\n\
                 requests_total{a=\"x\"} 3\nrequests_created{a=\"x\"} 1754000000.25\n# EOF\n"
            );
        }
        let odd = numbers("_total", "", Kind::Counter, &[("", 1.0)]);
        assert!(open_metrics(&[odd]).contains("\n_total_total 1\n"));
    }

    #[test]
    fn gauges_keep_their_names_and_have_no_creation_time() {
        let family = numbers("size_total", "Help", Kind::Gauge, &[("", 3.0)]);
        assert_eq!(
            open_metrics(&[family]),
            "# HELP size_total Help\n# TYPE size_total gauge\nsize_total 3\n# EOF\n"
        );
    }

    #[test]
    fn infos_and_states_have_types_of_their_own() {
        let info = numbers("build", "Help", Kind::Info, &[("version=\"1\"", 1.0)]);
        let state = numbers(
            "light",
            "Help",
            Kind::Enum,
            &[("light=\"red\"", 1.0), ("light=\"green\"", 0.0)],
        );
        assert_eq!(
            open_metrics(&[info, state]),
            "# HELP build Help\n# TYPE build info\nbuild_info{version=\"1\"} 1\n\
             # HELP light Help\n# TYPE light stateset\nlight{light=\"red\"} 1\nlight{light=\"green\"} 0\n# EOF\n"
        );
    }

    #[test]
    fn a_unit_is_printed_if_the_name_ends_in_it() {
        let mut family = numbers("cpu_seconds_total", "Help", Kind::Counter, &[]);
        family.unit = "seconds".to_owned();
        assert!(open_metrics(&[family.clone()]).contains("# UNIT cpu_seconds seconds\n"));
        family.name = "cpu_total".to_owned();
        assert!(!open_metrics(&[family.clone()]).contains("UNIT"));
        family.name = "cpuseconds".to_owned();
        assert!(!open_metrics(&[family]).contains("UNIT"));
    }

    #[test]
    fn bounds_are_canonical() {
        let family = histogram(
            "h",
            "Help",
            &[1.0, 1e6],
            &[("a=\"x\"", 7.5, &[1.0, 0.0, 2.0])],
        );
        assert_eq!(
            open_metrics(&[family]),
            "# HELP h Help\n# TYPE h histogram\n\
             h_bucket{le=\"1.0\",a=\"x\"} 1\nh_bucket{le=\"1e+06\",a=\"x\"} 1\nh_bucket{le=\"+Inf\",a=\"x\"} 3\n\
             h_sum{a=\"x\"} 7.5\nh_count{a=\"x\"} 3\nh_created{a=\"x\"} 1754000000.25\n# EOF\n"
        );
    }

    #[test]
    fn samples_that_the_format_forbids_are_omitted() {
        let counter = numbers("c", "Help", Kind::Counter, &[("", f64::NAN)]);
        let histogram = histogram("h", "Help", &[1.0], &[("", -0.5, &[2.0, 0.0])]);
        let mut summary = numbers("s", "Help", Kind::Summary, &[]);
        summary.bounds = vec![0.25, 0.75];
        summary.numbers = vec![-1.0, 0.5];
        summary.series = vec![Series {
            labels: 0..0,
            made: 0.0,
            created: 0.0,
            value: Value::Summary {
                count: 3.0,
                sum: -2.5,
                quantiles: 0..2,
            },
            exemplars: 0..0,
        }];
        let text = open_metrics(&[counter, histogram, summary]);
        let samples: Vec<&str> = text
            .lines()
            .filter(|line| !line.starts_with('#') && !line.contains("_created"))
            .collect();
        assert_eq!(
            samples,
            [
                "h_bucket{le=\"1.0\"} 2",
                "h_bucket{le=\"+Inf\"} 2",
                "s{quantile=\"0.75\"} 0.5",
                "s_count 3",
            ]
        );
    }

    #[test]
    fn a_histogram_of_negative_numbers_has_no_sum() {
        let family = histogram("h", "Help", &[-1.0], &[("", -7.5, &[1.0, 2.0])]);
        assert_eq!(
            open_metrics(&[family]),
            "# HELP h Help\n# TYPE h histogram\n\
             h_bucket{le=\"-1.0\"} 1\nh_bucket{le=\"+Inf\"} 3\nh_created 1754000000.25\n# EOF\n"
        );
    }
}
