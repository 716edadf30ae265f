//! Protobuf expositions read back by derived decoders.

use super::round_trip::{histogram, numbers};
use super::{Format, encode};
use crate::model::family::{Exemplar, Family, Kind, Value};
use crate::model::native::NativeHistogram;
use prost::Message;

/// A message for the tests, by its fields.
macro_rules! message {
    ($name:ident { $($(#[$attribute:meta])* $field:ident: $type:ty,)* }) => {
        #[derive(Clone, PartialEq, Message)]
        pub struct $name { $($(#[$attribute])* pub $field: $type,)* }
    };
}

message!(Label {
    #[prost(string, required, tag = "1")]
    name: String,
    #[prost(string, required, tag = "2")]
    value: String,
});
message!(Time {
    #[prost(int64, required, tag = "1")]
    seconds: i64,
    #[prost(int32, required, tag = "2")]
    nanos: i32,
});
message!(Example {
    #[prost(message, repeated, tag = "1")]
    labels: Vec<Label>,
    #[prost(double, required, tag = "2")]
    value: f64,
    #[prost(message, optional, tag = "3")]
    time: Option<Time>,
});
message!(Gauge {
    #[prost(double, required, tag = "1")]
    value: f64,
});
message!(Counter {
    #[prost(double, required, tag = "1")]
    value: f64,
    #[prost(message, optional, tag = "2")]
    exemplar: Option<Example>,
    #[prost(message, optional, tag = "3")]
    start: Option<Time>,
});
message!(Quantile {
    #[prost(double, required, tag = "1")]
    quantile: f64,
    #[prost(double, required, tag = "2")]
    value: f64,
});
message!(Summary {
    #[prost(uint64, required, tag = "1")]
    count: u64,
    #[prost(double, required, tag = "2")]
    sum: f64,
    #[prost(message, repeated, tag = "3")]
    quantiles: Vec<Quantile>,
    #[prost(message, optional, tag = "4")]
    start: Option<Time>,
});
message!(Bucket {
    #[prost(uint64, required, tag = "1")]
    count: u64,
    #[prost(double, required, tag = "2")]
    bound: f64,
    #[prost(message, optional, tag = "3")]
    exemplar: Option<Example>,
});
message!(Span {
    #[prost(sint32, required, tag = "1")]
    offset: i32,
    #[prost(uint32, required, tag = "2")]
    length: u32,
});
message!(Histogram {
    #[prost(uint64, required, tag = "1")]
    count: u64,
    #[prost(double, required, tag = "2")]
    sum: f64,
    #[prost(message, repeated, tag = "3")]
    buckets: Vec<Bucket>,
    #[prost(sint32, optional, tag = "5")]
    schema: Option<i32>,
    #[prost(double, optional, tag = "6")]
    zero_threshold: Option<f64>,
    #[prost(uint64, optional, tag = "7")]
    zero_count: Option<u64>,
    #[prost(message, repeated, tag = "9")]
    negative_spans: Vec<Span>,
    #[prost(sint64, repeated, tag = "10")]
    negative_deltas: Vec<i64>,
    #[prost(message, repeated, tag = "12")]
    positive_spans: Vec<Span>,
    #[prost(sint64, repeated, tag = "13")]
    positive_deltas: Vec<i64>,
    #[prost(message, optional, tag = "15")]
    start: Option<Time>,
    #[prost(message, repeated, tag = "16")]
    exemplars: Vec<Example>,
});
message!(Metric {
    #[prost(message, repeated, tag = "1")]
    labels: Vec<Label>,
    #[prost(message, optional, tag = "2")]
    gauge: Option<Gauge>,
    #[prost(message, optional, tag = "3")]
    counter: Option<Counter>,
    #[prost(message, optional, tag = "4")]
    summary: Option<Summary>,
    #[prost(message, optional, tag = "7")]
    histogram: Option<Histogram>,
});
message!(MetricFamily {
    #[prost(string, required, tag = "1")]
    name: String,
    #[prost(string, required, tag = "2")]
    help: String,
    #[prost(int32, required, tag = "3")]
    kind: i32,
    #[prost(message, repeated, tag = "4")]
    metrics: Vec<Metric>,
    #[prost(string, optional, tag = "5")]
    unit: Option<String>,
});

/// When the series of the tests were created.
const START: Option<Time> = Some(Time {
    seconds: 1_754_000_000,
    nanos: 250_000_000,
});

fn decoded(families: &[Family]) -> Vec<MetricFamily> {
    let mut out = Vec::new();
    encode(families, Format::Protobuf, &mut out);
    let mut rest = out.as_slice();
    let mut read = Vec::new();
    while !rest.is_empty() {
        read.push(MetricFamily::decode_length_delimited(&mut rest).unwrap());
    }
    read
}

fn label(name: &str, value: &str) -> Label {
    Label {
        name: name.into(),
        value: value.into(),
    }
}

fn span(offset: i32, length: u32) -> Span {
    Span { offset, length }
}

/// The histogram of the only series of a family.
fn histogram_of(family: Family) -> Histogram {
    let mut read = decoded(&[family]);
    read[0].metrics[0].histogram.take().unwrap()
}

/// A family of one native histogram.
fn native(bounds: &[f64], counts: &[f64], native: NativeHistogram) -> Family {
    let mut family = histogram("h", "Help", bounds, &[("", 3.5, counts)]);
    family.natives = vec![native];
    let Value::Histogram { native, .. } = &mut family.series[0].value else {
        unreachable!("the family is one of histograms");
    };
    *native = Some(0);
    family
}

#[test]
fn an_empty_registry_is_no_byte() {
    assert_eq!(decoded(&[]), []);
}

#[test]
fn a_counter_keeps_its_name_and_has_start_time_and_exemplar() {
    let mut family = numbers(
        "cpu_seconds_total",
        "A \"b\"\n",
        Kind::Counter,
        &[("a=\"x\\\"\\n\",b=\"\"", f64::NAN), ("a=\"é\"", -2.5)],
    );
    family.unit = "seconds".into();
    let text = family.text.len();
    family.text.push_str("trace_id=\"t\"");
    family.exemplars = vec![Exemplar {
        bucket: 0,
        labels: text..family.text.len(),
        value: 0.5,
        timestamp: 1.5,
    }];
    family.series[1].exemplars = 0..1;
    let [read] = &decoded(&[family])[..] else {
        panic!("not one family");
    };
    assert_eq!((read.name.as_str(), read.kind), ("cpu_seconds_total", 0));
    assert_eq!(read.help, "A \"b\"\n");
    assert_eq!(read.unit.as_deref(), Some("seconds"));
    assert_eq!(
        read.metrics[0].labels,
        [label("a", "x\"\n"), label("b", "")]
    );
    let counters: Vec<&Counter> = read.metrics.iter().flat_map(|one| &one.counter).collect();
    assert!(counters[0].value.is_nan() && counters[0].exemplar.is_none());
    assert_eq!(counters[0].start, START);
    let exemplar = Example {
        labels: vec![label("trace_id", "t")],
        value: 0.5,
        time: Some(Time {
            seconds: 1,
            nanos: 500_000_000,
        }),
    };
    assert_eq!(counters[1].value, -2.5);
    assert_eq!(counters[1].exemplar.as_ref(), Some(&exemplar));
}

#[test]
fn infos_and_states_are_gauges() {
    let info = numbers("build", "Help", Kind::Info, &[("version=\"1\"", 1.0)]);
    let mut state = numbers("light", "Help", Kind::Enum, &[("at=\"x\"", 0.0)]);
    state.states = vec!["red".into(), "green".into()];
    state.series[0].value = Value::State(1);
    let read = decoded(&[info, state]);
    assert_eq!((read[0].name.as_str(), read[0].kind), ("build_info", 1));
    let values: Vec<f64> = read[1]
        .metrics
        .iter()
        .flat_map(|metric| &metric.gauge)
        .map(|gauge| gauge.value)
        .collect();
    assert_eq!(values, [0.0, 1.0]);
    assert_eq!(
        read[1].metrics[1].labels,
        [label("at", "x"), label("light", "green")]
    );
}

#[test]
fn classic_buckets_are_cumulative_and_have_exemplars() {
    let mut family = histogram("h", "Help", &[0.5, 5.0], &[("", 7.5, &[1.0, 0.0, 2.0])]);
    family.exemplars = vec![Exemplar {
        bucket: 2,
        labels: 0..0,
        value: 6.0,
        timestamp: 0.0,
    }];
    family.series[0].exemplars = 0..1;
    let read = histogram_of(family);
    assert_eq!((read.count, read.sum), (3, 7.5));
    assert_eq!(read.start, START);
    let buckets: Vec<_> = read
        .buckets
        .iter()
        .map(|one| (one.bound, one.count))
        .collect();
    assert_eq!(buckets, [(0.5, 1), (5.0, 1), (f64::INFINITY, 3)]);
    let exemplar = Example {
        labels: vec![],
        value: 6.0,
        time: None,
    };
    assert_eq!(read.buckets[2].exemplar.as_ref(), Some(&exemplar));
    assert!(read.schema.is_none() && read.positive_spans.is_empty());
}

#[test]
fn a_native_histogram_has_spans_and_deltas_beside_its_classic_buckets() {
    let mut family = native(
        &[1.0],
        &[10.0, 20.0],
        NativeHistogram {
            schema: -2,
            zero_threshold: 0.25,
            zero_count: 3,
            positive: vec![(-3, 5), (-2, 1), (4, 7)],
            negative: vec![(2, 4), (3, 6)],
            count: 31,
            exemplars: 0..1,
        },
    );
    family.exemplars = vec![Exemplar {
        bucket: 0,
        labels: 0..0,
        value: 6.0,
        timestamp: 2.0,
    }];
    let read = histogram_of(family);
    assert_eq!(read.count, 31);
    assert_eq!(read.buckets.len(), 2);
    assert_eq!(read.schema, Some(-2));
    assert_eq!(
        (read.zero_threshold, read.zero_count),
        (Some(0.25), Some(3))
    );
    assert_eq!(read.positive_spans, [span(-3, 2), span(5, 1)]);
    assert_eq!(read.positive_deltas, [5, -4, 6]);
    assert_eq!(read.negative_spans, [span(2, 2)]);
    assert_eq!(read.negative_deltas, [4, 2]);
    assert_eq!(read.exemplars.len(), 1);
}

#[test]
fn a_native_histogram_without_observations_has_an_empty_span() {
    let read = histogram_of(native(&[], &[0.0], NativeHistogram::default()));
    assert_eq!(read.positive_spans, [span(0, 0)]);
    assert!(read.buckets.is_empty() && read.positive_deltas.is_empty());
    assert_eq!((read.count, read.schema), (0, Some(0)));
}

#[test]
fn a_summary_has_its_quantiles() {
    let mut family = numbers("s", "Help", Kind::Summary, &[("", 0.0)]);
    family.bounds = vec![0.5, 0.9];
    family.numbers = vec![1.0, f64::NAN];
    family.series[0].value = Value::Summary {
        count: 4.0,
        sum: -2.5,
        quantiles: 0..2,
    };
    let mut read = decoded(&[family]);
    let summary = read[0].metrics[0].summary.take().unwrap();
    assert_eq!((summary.count, summary.sum), (4, -2.5));
    assert_eq!(
        (summary.quantiles[0].quantile, summary.quantiles[0].value),
        (0.5, 1.0)
    );
    assert!(summary.quantiles[1].value.is_nan());
    assert_eq!(summary.start, START);
}
