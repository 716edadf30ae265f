//! OpenMetrics text as the first candidate of version 2.0.0 has it: experimental.
//!
//! A series is one line, and a family has the name of its samples. Histograms and summaries are composite values:
//!
//! ```text
//! # HELP requests_total Requests answered
//! # TYPE requests_total counter
//! requests_total{method="GET"} 3 st@1754000000.25
//! # HELP seconds Time taken
//! # TYPE seconds histogram
//! seconds {count:3,sum:0.75,bucket:[0.1:2,+Inf:3]} st@1754000000.25 # {trace_id="1"} 0.5 1754000001
//! # EOF
//! ```

use super::number::push_number;
use super::open_metrics::kind;
use super::protobuf::spans;
use super::sample_name::{plain_name, push_name, unit_of};
use crate::model::escape::{push_label, push_quoted_help};
use crate::model::family::{Exemplar, Family, Kind, Series, Value};
use crate::model::name::is_metric_name;
use crate::model::native::NativeHistogram;

/// Appends a family.
pub(super) fn push_family(family: &Family, out: &mut Vec<u8>) {
    let name = plain_name(family);
    out.extend_from_slice(b"# HELP ");
    push_name(&name, out);
    out.push(b' ');
    push_quoted_help(&family.help, out);
    out.extend_from_slice(b"\n# TYPE ");
    push_name(&name, out);
    for part in [" ", kind(family.kind), "\n"] {
        out.extend_from_slice(part.as_bytes());
    }
    if let Some(unit) = unit_of(family) {
        out.extend_from_slice(b"# UNIT ");
        push_name(&name, out);
        for part in [" ", unit, "\n"] {
            out.extend_from_slice(part.as_bytes());
        }
    }
    for series in &family.series {
        push_series(family, &name, series, out);
    }
}

/// Appends the line of a series. A series with a number that the format forbids is omitted: readers would refuse the page.
fn push_series(family: &Family, name: &str, series: &Series, out: &mut Vec<u8>) {
    let labels = family.labels(series);
    let exemplars = &family.exemplars[series.exemplars.clone()];
    match &series.value {
        Value::Number(number) if family.kind == Kind::Counter => {
            if *number >= 0.0 {
                push_identity(name, labels, out);
                push_number(*number, out);
                push_end(family, series, exemplars, out);
            }
        }
        Value::Number(number) => {
            push_identity(name, labels, out);
            push_number(*number, out);
            out.push(b'\n');
        }
        Value::State(state) => {
            for (at, value) in family.states.iter().enumerate() {
                let mut own = labels.to_owned();
                push_label(&family.name, value, &mut own);
                push_identity(name, &own, out);
                out.extend_from_slice(if at == *state { b"1\n" } else { b"0\n" });
            }
        }
        Value::Summary {
            count,
            sum,
            quantiles,
        } => {
            if *sum >= 0.0 {
                push_identity(name, labels, out);
                push_summary(
                    *count,
                    *sum,
                    &family.bounds,
                    &family.numbers[quantiles.clone()],
                    out,
                );
                push_end(family, series, &[], out);
            }
        }
        Value::Histogram {
            sum,
            counts,
            native,
        } => {
            let counts = &family.numbers[counts.clone()];
            let native = native.map(|at| &family.natives[at]);
            push_identity(name, labels, out);
            push_histogram(*sum, counts, native, &family.bounds, out);
            // A histogram with buckets of both kinds shows the exemplars of the classic ones.
            let shown = match native {
                Some(native) if exemplars.is_empty() => &family.exemplars[native.exemplars.clone()],
                _ => exemplars,
            };
            push_end(family, series, shown, out);
        }
    }
}

/// Appends name and labels, and the space behind them.
fn push_identity(name: &str, labels: &str, out: &mut Vec<u8>) {
    let is_quoted = !is_metric_name(name);
    if is_quoted {
        out.push(b'{');
    }
    push_name(name, out);
    if !labels.is_empty() {
        out.push(if is_quoted { b',' } else { b'{' });
        out.extend_from_slice(labels.as_bytes());
    }
    if is_quoted || !labels.is_empty() {
        out.push(b'}');
    }
    out.push(b' ');
}

fn push_summary(count: f64, sum: f64, ranks: &[f64], values: &[f64], out: &mut Vec<u8>) {
    push_field("{count:", count, out);
    push_field(",sum:", sum, out);
    let mut quantiles: Vec<(f64, f64)> =
        ranks.iter().copied().zip(values.iter().copied()).collect();
    quantiles.sort_by(|one, other| one.0.total_cmp(&other.0));
    quantiles.dedup_by(|one, other| one.0 == other.0);
    quantiles.retain(|(_, value)| *value >= 0.0 || value.is_nan());
    push_pairs(",quantile:[", quantiles, out);
    out.push(b'}');
}

fn push_histogram(
    sum: f64,
    counts: &[f64],
    native: Option<&NativeHistogram>,
    bounds: &[f64],
    out: &mut Vec<u8>,
) {
    let count = native.map_or_else(|| counts.iter().sum(), |native| native.count as f64);
    push_field("{count:", count, out);
    push_field(",sum:", sum, out);
    if let Some(native) = native {
        push_field(",schema:", native.schema.into(), out);
        push_field(",zero_threshold:", native.zero_threshold, out);
        push_field(",zero_count:", native.zero_count as f64, out);
        push_sparse(
            ",negative_spans:[",
            ",negative_buckets:[",
            &native.negative,
            out,
        );
        push_sparse(
            ",positive_spans:[",
            ",positive_buckets:[",
            &native.positive,
            out,
        );
    }
    if native.is_none() || !bounds.is_empty() {
        let mut cumulative = 0.0;
        let cumulate = |count: &f64| {
            cumulative += count;
            cumulative
        };
        let bounds = bounds.iter().copied().chain([f64::INFINITY]);
        push_pairs(",bucket:[", bounds.zip(counts.iter().map(cumulate)), out);
    }
    out.push(b'}');
}

/// Appends sparse buckets: their spans, and the counts themselves. Without any buckets there is neither.
fn push_sparse(spans_key: &str, counts_key: &str, buckets: &[(i32, u64)], out: &mut Vec<u8>) {
    if buckets.is_empty() {
        return;
    }
    let pairs = spans(buckets).map(|(offset, length)| (offset.into(), length.into()));
    push_pairs(spans_key, pairs, out);
    out.extend_from_slice(counts_key.as_bytes());
    for (at, (_, count)) in buckets.iter().enumerate() {
        if at > 0 {
            out.push(b',');
        }
        push_number(*count as f64, out);
    }
    out.push(b']');
}

/// Appends a list of pairs of numbers, such as `0.1:2,+Inf:3`.
fn push_pairs(key: &str, pairs: impl IntoIterator<Item = (f64, f64)>, out: &mut Vec<u8>) {
    out.extend_from_slice(key.as_bytes());
    for (at, (one, other)) in pairs.into_iter().enumerate() {
        if at > 0 {
            out.push(b',');
        }
        push_number(one, out);
        out.push(b':');
        push_number(other, out);
    }
    out.push(b']');
}

fn push_field(key: &str, number: f64, out: &mut Vec<u8>) {
    out.extend_from_slice(key.as_bytes());
    push_number(number, out);
}

/// Appends the start time, the exemplars and the end of the line. The format asks for the time of each exemplar.
fn push_end(family: &Family, series: &Series, exemplars: &[Exemplar], out: &mut Vec<u8>) {
    // The time is 0 if the clock of the writer was before the epoch.
    if series.created > 0.0 {
        push_field(" st@", series.created, out);
    }
    for exemplar in exemplars.iter().filter(|exemplar| exemplar.timestamp > 0.0) {
        out.extend_from_slice(b" # {");
        out.extend_from_slice(family.text[exemplar.labels.clone()].as_bytes());
        push_field("} ", exemplar.value, out);
        push_field(" ", exemplar.timestamp, out);
    }
    out.push(b'\n');
}

#[cfg(test)]
mod tests {
    use super::super::round_trip::{histogram, numbers};
    use super::super::{Format, encode};
    use super::*;

    fn text(families: &[Family]) -> String {
        let mut out = Vec::new();
        encode(families, Format::OpenMetrics2, &mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_counter_keeps_its_name_and_tells_its_start() {
        let mut family = numbers(
            "requests_total",
            "All \"of\" them",
            Kind::Counter,
            &[("a=\"x\"", 3.0), ("a=\"y\"", f64::NAN)],
        );
        family.exemplars = [1.5, 0.0]
            .map(|timestamp| Exemplar {
                bucket: 0,
                labels: 0..5,
                value: 1.0,
                timestamp,
            })
            .to_vec();
        family.series[0].exemplars = 0..2;
        assert_eq!(
            text(&[family]),
            "# HELP requests_total All \\\"of\\\" them\n# TYPE requests_total counter\n\
             requests_total{a=\"x\"} 3 st@1754000000.25 # {a=\"x\"} 1 1.5\n# EOF\n"
        );
    }

    #[test]
    fn names_in_utf8_are_quoted() {
        let labels = "\"b.c\"=\"x\"";
        let family = numbers("a.b", "H", Kind::Gauge, &[(labels, 1.0), ("", -2.0)]);
        assert_eq!(
            text(&[family]),
            "# HELP \"a.b\" H\n# TYPE \"a.b\" gauge\n\
             {\"a.b\",\"b.c\"=\"x\"} 1\n{\"a.b\"} -2\n# EOF\n"
        );
    }

    #[test]
    fn histograms_and_summaries_are_one_line() {
        let classic = histogram("h", "H", &[0.1], &[("", 3.5, &[8.0, 9.0])]);
        let mut native = histogram("n", "H", &[], &[("a=\"x\"", 3.5, &[17.0])]);
        native.natives = vec![NativeHistogram {
            schema: 0,
            zero_threshold: 1e-4,
            zero_count: 1,
            positive: vec![(0, 5), (1, 12)],
            negative: vec![(-2, 3)],
            count: 21,
            exemplars: 0..0,
        }];
        let Value::Histogram { native: at, .. } = &mut native.series[0].value else {
            unreachable!("the family is one of histograms");
        };
        *at = Some(0);
        let mut summary = numbers("s", "H", Kind::Summary, &[("", 0.0), ("", 0.0)]);
        summary.bounds = vec![0.9, 0.5];
        summary.numbers = vec![1.0, f64::NAN];
        for (series, sum) in summary.series.iter_mut().zip([2.5, -1.0]) {
            series.value = Value::Summary {
                count: 4.0,
                sum,
                quantiles: 0..2,
            };
        }
        let page = text(&[classic, native, summary]);
        let samples: Vec<&str> = page.lines().filter(|line| !line.starts_with('#')).collect();
        assert_eq!(
            samples,
            [
                "h {count:17,sum:3.5,bucket:[0.1:8,+Inf:17]} st@1754000000.25",
                "n{a=\"x\"} {count:21,sum:3.5,schema:0,zero_threshold:0.0001,zero_count:1,\
                 negative_spans:[-2:1],negative_buckets:[3],\
                 positive_spans:[0:2],positive_buckets:[5,12]} st@1754000000.25",
                "s {count:4,sum:2.5,quantile:[0.5:NaN,0.9:1]} st@1754000000.25",
            ]
        );
    }
}
