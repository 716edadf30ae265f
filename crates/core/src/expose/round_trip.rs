//! Expositions read back by a parser that shares no code with the encoder, and families for such tests.

use super::{Dialect, Encoding, Format, encode, push_label};
use crate::model::family::{Aggregator, Family, Kind, Series, Value};
use proptest::prelude::*;
use std::collections::BTreeMap;

const STANDARD: Format = Format::OpenMetrics(Dialect::Standard);
const PROM_CLIENT: Format = Format::OpenMetrics(Dialect::PromClient);

/// When the series of the tests were created.
const CREATED: f64 = 1_754_000_000.25;

/// A family whose series have one number each. Labels are given in their printed form.
pub(super) fn numbers(name: &str, help: &str, kind: Kind, series: &[(&str, f64)]) -> Family {
    let mut family = empty(name, help, kind);
    for (labels, number) in series {
        add(&mut family, labels, Value::Number(*number));
    }
    family
}

/// A family of histograms; each series is its labels, its sum and its bucket counts.
pub(super) fn histogram(
    name: &str,
    help: &str,
    bounds: &[f64],
    series: &[(&str, f64, &[f64])],
) -> Family {
    let mut family = empty(name, help, Kind::Histogram);
    family.bounds = bounds.to_vec();
    for (labels, sum, counts) in series {
        let start = family.numbers.len();
        family.numbers.extend_from_slice(counts);
        let counts = start..family.numbers.len();
        add(
            &mut family,
            labels,
            Value::Histogram {
                sum: *sum,
                counts,
                native: None,
            },
        );
    }
    family
}

fn empty(name: &str, help: &str, kind: Kind) -> Family {
    Family {
        name: name.to_owned(),
        help: help.to_owned(),
        unit: String::new(),
        kind,
        aggregator: Aggregator::Sum,
        label_names: Vec::new(),
        bounds: Vec::new(),
        series: Vec::new(),
        text: String::new(),
        numbers: Vec::new(),
        states: Vec::new(),
        exemplars: Vec::new(),
        natives: Vec::new(),
        utf8: false,
    }
}

fn add(family: &mut Family, labels: &str, value: Value) {
    let start = family.text.len();
    family.text.push_str(labels);
    family.series.push(Series {
        labels: start..family.text.len(),
        made: CREATED,
        created: CREATED,
        value,
        exemplars: 0..0,
    });
}

/// A sample: name, labels and the number's text.
type Sample = (String, Vec<(String, String)>, String);

/// The families of a parsed exposition.
#[derive(Debug, Default)]
struct Exposition {
    helps: BTreeMap<String, String>,
    types: BTreeMap<String, String>,
    /// In the order of the lines.
    samples: Vec<Sample>,
}

/// Reads an exposition character by character. It panics at a character that the format does not allow.
fn parse(text: &str, format: Format) -> Exposition {
    let mut result = Exposition::default();
    let body = match format {
        Format::Text => text,
        Format::OpenMetrics(_) => text.strip_suffix("# EOF\n").expect("no end"),
        Format::OpenMetrics2 | Format::Protobuf => panic!("another syntax"),
    };
    assert!(body.is_empty() || body.ends_with('\n'));
    for line in body.split_terminator('\n') {
        if line.is_empty() {
            assert_eq!(format, Format::Text, "a blank line");
        } else if let Some(rest) = line.strip_prefix("# HELP ") {
            let (name, help) = rest.split_once(' ').expect("no help");
            assert!(
                result
                    .helps
                    .insert(name.into(), unescape(help, format))
                    .is_none()
            );
        } else if let Some(rest) = line.strip_prefix("# TYPE ") {
            let (name, kind) = rest.split_once(' ').expect("no type");
            assert!(result.types.insert(name.into(), kind.into()).is_none());
        } else {
            result.samples.push(parse_sample(line));
        }
    }
    result
}

fn unescape(help: &str, format: Format) -> String {
    let mut characters = help.chars();
    let mut result = String::new();
    while let Some(character) = characters.next() {
        match character {
            '\\' => result.push(match characters.next() {
                Some('n') => '\n',
                Some('\\') => '\\',
                Some('"') if format == STANDARD => '"',
                other => panic!("escaped {other:?}"),
            }),
            '"' => {
                assert_ne!(format, STANDARD, "a bare quote");
                result.push('"');
            }
            other => result.push(other),
        }
    }
    result
}

fn parse_sample(line: &str) -> Sample {
    let mut characters = line.chars().peekable();
    let take_name = |characters: &mut std::iter::Peekable<std::str::Chars<'_>>| {
        let mut name = String::new();
        while let Some(c) = characters.next_if(|c| c.is_ascii_alphanumeric() || "_:".contains(*c)) {
            name.push(c);
        }
        assert!(!name.is_empty(), "a name in {line:?}");
        name
    };
    let name = take_name(&mut characters);
    let mut labels = Vec::new();
    if characters.next_if_eq(&'{').is_some() {
        loop {
            let label = take_name(&mut characters);
            assert_eq!(
                (characters.next(), characters.next()),
                (Some('='), Some('"'))
            );
            let mut value = String::new();
            loop {
                match characters.next().expect("an open quote") {
                    '"' => break,
                    '\\' => value.push(match characters.next() {
                        Some('n') => '\n',
                        Some(escaped @ ('\\' | '"')) => escaped,
                        other => panic!("escaped {other:?}"),
                    }),
                    other => value.push(other),
                }
            }
            labels.push((label, value));
            match characters.next() {
                Some(',') => {}
                Some('}') => break,
                other => panic!("{other:?} after a label"),
            }
        }
    }
    assert_eq!(characters.next(), Some(' '));
    (name, labels, characters.collect())
}

/// Label values and help texts: any text, and often one that needs escapes.
fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![".*", "[\"\\\\\n{}=, a]*", any::<String>()]
}

fn any_labels() -> impl Strategy<Value = Vec<(String, String)>> {
    proptest::collection::vec(any_text(), 0..4).prop_map(|values| {
        let name = |(position, value)| (format!("l{position}"), value);
        values.into_iter().enumerate().map(name).collect()
    })
}

fn printed(labels: &[(String, String)]) -> String {
    let mut text = String::new();
    labels
        .iter()
        .for_each(|(name, value)| push_label(name, value, &mut text));
    text
}

fn reads_as(text: &str, number: f64) -> bool {
    let back: f64 = text.parse().expect("a number");
    back == number || back.is_nan() && number.is_nan()
}

fn encoded(families: &[Family], format: Format) -> Exposition {
    let mut out = Vec::new();
    let encoding = Encoding {
        created: true,
        ..format.into()
    };
    encode(families, encoding, &mut out);
    parse(&String::from_utf8(out).expect("UTF-8"), format)
}

proptest! {
    #[test]
    fn numbers_read_back(
        help in any_text(),
        series in proptest::collection::vec((any_labels(), any::<f64>()), 0..6),
    ) {
        for (kind, format, suffix) in [
            (Kind::Counter, Format::Text, ""),
            (Kind::Gauge, Format::Text, ""),
            (Kind::Gauge, STANDARD, ""),
            (Kind::Gauge, PROM_CLIENT, ""),
            (Kind::Counter, STANDARD, "_total"),
            (Kind::Counter, PROM_CLIENT, "_total"),
        ] {
            let mut family = empty("x:y", &help, kind);
            for (labels, number) in &series {
                add(&mut family, &printed(labels), Value::Number(*number));
            }
            let read = encoded(&[family.clone(), numbers("z", "", kind, &[])], format);
            prop_assert_eq!(&read.helps["x:y"], &help);
            prop_assert_eq!(read.types.len(), 2);
            let samples: Vec<_> =
                read.samples.iter().filter(|sample| sample.0 != "x:y_created").collect();
            // A counter's NaN and negative numbers have no line by the standard.
            let any_number = format != STANDARD || kind == Kind::Gauge;
            let shown: Vec<_> =
                series.iter().filter(|(_, number)| any_number || *number >= 0.0).collect();
            prop_assert_eq!(samples.len(), shown.len());
            for (sample, (labels, number)) in samples.into_iter().zip(shown) {
                prop_assert_eq!(&sample.0, &format!("x:y{suffix}"));
                prop_assert_eq!(&sample.1, labels);
                prop_assert!(reads_as(&sample.2, *number));
            }
        }
    }

    #[test]
    fn histograms_read_back(
        bounds in proptest::collection::btree_set(0..1_000_000_u32, 0..8),
        scale in -9..9_i32,
        series in proptest::collection::vec((any_labels(), any::<f64>(), any::<u32>()), 0..4),
    ) {
        let bounds: Vec<f64> =
            bounds.into_iter().map(|bound| f64::from(bound) * 10_f64.powi(scale)).collect();
        let mut family = empty("h", "Help", Kind::Histogram);
        family.bounds = bounds.clone();
        for (labels, sum, seed) in &series {
            let start = family.numbers.len();
            family.numbers.extend((0..=bounds.len()).map(|at| f64::from(seed >> at)));
            let counts = start..family.numbers.len();
            add(&mut family, &printed(labels), Value::Histogram { sum: *sum, counts, native: None });
        }
        for format in [Format::Text, STANDARD, PROM_CLIENT] {
            let read = encoded(&[family.clone()], format);
            let mut samples = read.samples.into_iter();
            for (labels, sum, seed) in &series {
                let mut expected = 0_u64;
                for (at, bound) in bounds.iter().copied().chain([f64::INFINITY]).enumerate() {
                    expected += u64::from(seed >> at);
                    let (name, read_labels, number) = samples.next().expect("a bucket");
                    prop_assert_eq!(name, "h_bucket");
                    prop_assert_eq!(&read_labels[0].0, "le");
                    prop_assert!(reads_as(&read_labels[0].1, bound));
                    prop_assert_eq!(&read_labels[1..], &labels[..]);
                    prop_assert_eq!(number, expected.to_string());
                }
                if format != STANDARD || *sum >= 0.0 {
                    let (name, read_labels, number) = samples.next().expect("a sum");
                    prop_assert_eq!((name.as_str(), &read_labels), ("h_sum", labels));
                    prop_assert!(reads_as(&number, *sum));
                    let (name, _, number) = samples.next().expect("a count");
                    prop_assert_eq!((name.as_str(), number), ("h_count", expected.to_string()));
                }
                if format == STANDARD {
                    let (name, read_labels, number) = samples.next().expect("a creation time");
                    prop_assert_eq!((name.as_str(), &read_labels), ("h_created", labels));
                    prop_assert!(reads_as(&number, CREATED));
                }
            }
            prop_assert!(samples.next().is_none());
        }
    }
}
