//! The protobuf exposition: for each family one message `io.prometheus.client.MetricFamily`, behind its length.
//!
//! Names stay as they were declared, as in the Prometheus text format. Besides the text's samples, the messages carry exemplars,
//! start times and native histograms. The numbers of the fields are those of the schema, `metrics.proto` of Prometheus' client
//! model.

use super::sample_name::{plain_name, unit_of};
use super::wire::{
    push_bytes, push_delimited, push_double, push_fixed, push_head, push_message, push_number,
    push_pair,
};
use crate::model::escape::{pairs, plain_pair};
use crate::model::family::{Exemplar, Family, Kind, Series, Value};
use crate::model::native::NativeHistogram;
use prost::bytes::BufMut;
use prost::encoding::{encoded_len_varint, int32, sint32, sint64, uint32};

/// Fields of `MetricFamily`.
mod family_field {
    pub const NAME: u32 = 1;
    pub const HELP: u32 = 2;
    pub const TYPE: u32 = 3;
    pub const METRIC: u32 = 4;
    pub const UNIT: u32 = 5;
}

/// Fields of `Metric`, which is one series.
mod metric_field {
    pub const LABEL: u32 = 1;
    pub const GAUGE: u32 = 2;
    pub const COUNTER: u32 = 3;
    pub const SUMMARY: u32 = 4;
    pub const UNTYPED: u32 = 5;
    pub const HISTOGRAM: u32 = 7;
}

/// Fields of `Histogram`.
mod histogram_field {
    pub const COUNT: u32 = 1;
    pub const SUM: u32 = 2;
    pub const BUCKET: u32 = 3;
    pub const SCHEMA: u32 = 5;
    pub const ZERO_THRESHOLD: u32 = 6;
    pub const ZERO_COUNT: u32 = 7;
    pub const NEGATIVE_SPAN: u32 = 9;
    pub const NEGATIVE_DELTA: u32 = 10;
    pub const POSITIVE_SPAN: u32 = 12;
    pub const POSITIVE_DELTA: u32 = 13;
    pub const START_TIME: u32 = 15;
    pub const EXEMPLAR: u32 = 16;
}

/// Appends a family.
pub(super) fn push_family(family: &Family, out: &mut Vec<u8>) {
    push_delimited(out, |out| {
        push_bytes(family_field::NAME, plain_name(family).as_bytes(), out);
        push_bytes(family_field::HELP, family.help.as_bytes(), out);
        int32::encode(family_field::TYPE, &kind(family.kind), out);
        for series in &family.series {
            push_series(family, series, out);
        }
        if let Some(unit) = unit_of(family) {
            push_bytes(family_field::UNIT, unit.as_bytes(), out);
        }
    });
}

/// The value of the enum `MetricType`. The schema has no infos and enums: they are gauges.
fn kind(kind: Kind) -> i32 {
    match kind {
        Kind::Counter => 0,
        Kind::Gauge | Kind::Info | Kind::Enum => 1,
        Kind::Summary => 2,
        Kind::Unknown => 3,
        Kind::Histogram => 4,
    }
}

fn push_series(family: &Family, series: &Series, out: &mut Vec<u8>) {
    let labels = family.labels(series);
    let exemplars = &family.exemplars[series.exemplars.clone()];
    match &series.value {
        Value::Number(number) if family.kind == Kind::Counter => {
            let Some(exemplar) = exemplars.first() else {
                return push_message(family_field::METRIC, out, |out| {
                    push_labels(metric_field::LABEL, labels, out);
                    push_fixed(metric_field::COUNTER, out, |out| {
                        push_double(1, *number, out);
                        push_time(3, series.created, out);
                    });
                });
            };
            push_metric(labels, metric_field::COUNTER, out, |out| {
                push_double(1, *number, out);
                push_exemplar(2, family, exemplar, out);
                push_time(3, series.created, out);
            });
        }
        Value::Number(number) if family.kind == Kind::Unknown => {
            push_metric(labels, metric_field::UNTYPED, out, |out| {
                push_double(1, *number, out)
            });
        }
        Value::Number(number) => push_gauge(labels, None, *number, out),
        Value::State(state) => {
            for (at, name) in family.states.iter().enumerate() {
                let number = f64::from(u8::from(at == *state));
                push_gauge(labels, Some((&family.name, name)), number, out);
            }
        }
        Value::Summary {
            count,
            sum,
            quantiles,
        } => push_metric(labels, metric_field::SUMMARY, out, |out| {
            push_number(1, *count as u64, out);
            push_double(2, *sum, out);
            for (quantile, value) in family.bounds.iter().zip(&family.numbers[quantiles.clone()]) {
                push_message(3, out, |out| {
                    push_double(1, *quantile, out);
                    push_double(2, *value, out);
                });
            }
            push_time(4, series.created, out);
        }),
        Value::Histogram {
            sum,
            counts,
            native,
        } => {
            push_metric(labels, metric_field::HISTOGRAM, out, |out| {
                let counts = &family.numbers[counts.clone()];
                let native = native.map(|at| &family.natives[at]);
                let count = native.map_or(counts.iter().sum::<f64>() as u64, |native| native.count);
                push_number(histogram_field::COUNT, count, out);
                push_double(histogram_field::SUM, *sum, out);
                // The only bucket of a native histogram without classic ones would say the count once more.
                if native.is_none() || !family.bounds.is_empty() {
                    push_buckets(family, counts, exemplars, out);
                }
                if let Some(native) = native {
                    push_native(family, native, out);
                }
                push_time(histogram_field::START_TIME, series.created, out);
            });
        }
    }
}

/// Appends a series: its labels, and the message of its value.
fn push_metric(labels: &str, tag: u32, out: &mut Vec<u8>, write: impl FnOnce(&mut Vec<u8>)) {
    push_message(family_field::METRIC, out, |out| {
        push_labels(metric_field::LABEL, labels, out);
        push_message(tag, out, write);
    });
}

/// Appends a gauge. That of a state has one label more.
fn push_gauge(labels: &str, state: Option<(&str, &str)>, number: f64, out: &mut Vec<u8>) {
    push_message(family_field::METRIC, out, |out| {
        push_labels(metric_field::LABEL, labels, out);
        if let Some((name, value)) = state {
            push_label(metric_field::LABEL, name, value, out);
        }
        push_fixed(metric_field::GAUGE, out, |out| push_double(1, number, out));
    });
}

/// Appends escaped labels, each as a message of name and value.
fn push_labels(tag: u32, labels: &str, out: &mut Vec<u8>) {
    let mut rest = labels.as_bytes();
    while let Some((name, value, after)) = plain_pair(rest) {
        push_pair(tag, name, value, out);
        rest = after;
    }
    if rest.is_empty() {
        return;
    }
    for (name, value) in pairs(&labels[labels.len() - rest.len()..]) {
        push_label(tag, &name, &value, out);
    }
}

fn push_label(tag: u32, name: &str, value: &str, out: &mut Vec<u8>) {
    push_pair(tag, name.as_bytes(), value.as_bytes(), out);
}

/// Appends the classic buckets, made cumulative.
fn push_buckets(family: &Family, counts: &[f64], exemplars: &[Exemplar], out: &mut Vec<u8>) {
    let bounds = family.bounds.iter().copied().chain([f64::INFINITY]);
    let mut cumulative = 0.0;
    for (at, (bound, count)) in bounds.zip(counts).enumerate() {
        cumulative += count;
        let cumulative = cumulative as u64;
        // Nearly no series has exemplars.
        match exemplars.iter().find(|exemplar| exemplar.bucket == at) {
            None => push_fixed(histogram_field::BUCKET, out, |out| {
                push_number(1, cumulative, out);
                push_double(2, bound, out);
            }),
            Some(exemplar) => push_message(histogram_field::BUCKET, out, |out| {
                push_number(1, cumulative, out);
                push_double(2, bound, out);
                push_exemplar(3, family, exemplar, out);
            }),
        }
    }
}

/// Appends the fields of a native histogram besides count and sum.
fn push_native(family: &Family, native: &NativeHistogram, out: &mut Vec<u8>) {
    use histogram_field::*;
    sint32::encode(SCHEMA, &native.schema.into(), out);
    push_double(ZERO_THRESHOLD, native.zero_threshold, out);
    push_number(ZERO_COUNT, native.zero_count, out);
    push_sparse(&native.negative, NEGATIVE_SPAN, NEGATIVE_DELTA, out);
    push_sparse(&native.positive, POSITIVE_SPAN, POSITIVE_DELTA, out);
    if native.negative.is_empty() && native.positive.is_empty() {
        // Without any span, a reader would take the histogram for a classic one.
        push_message(POSITIVE_SPAN, out, |out| {
            sint32::encode(1, &0, out);
            uint32::encode(2, &0, out);
        });
    }
    for exemplar in &family.exemplars[native.exemplars.clone()] {
        push_exemplar(EXEMPLAR, family, exemplar, out);
    }
}

/// Appends sparse buckets: spans of neighbouring buckets, and the difference of each count from the one before.
fn push_sparse(buckets: &[(i32, u64)], span: u32, delta: u32, out: &mut Vec<u8>) {
    for (offset, length) in spans(buckets) {
        push_message(span, out, |out| {
            sint32::encode(1, &offset, out);
            uint32::encode(2, &length, out);
        });
    }
    let mut before = 0;
    let deltas: Vec<i64> = buckets
        .iter()
        .map(|(_, count)| {
            let delta = (*count as i64).wrapping_sub(before);
            before = *count as i64;
            delta
        })
        .collect();
    sint64::encode_packed(delta, &deltas, out);
}

/// The spans of sparse buckets: how far each begins behind the end of the one before, and how many buckets it has. The first
/// begins at its index.
pub(super) fn spans(buckets: &[(i32, u64)]) -> impl Iterator<Item = (i32, u32)> {
    let mut end = 0;
    let neighbours = buckets.chunk_by(|one, next| one.0 + 1 == next.0);
    neighbours.map(move |span| {
        let offset = span[0].0 - end;
        end = span[0].0 + span.len() as i32;
        (offset, span.len() as u32)
    })
}

fn push_exemplar(tag: u32, family: &Family, exemplar: &Exemplar, out: &mut Vec<u8>) {
    push_message(tag, out, |out| {
        push_labels(1, &family.text[exemplar.labels.clone()], out);
        push_double(2, exemplar.value, out);
        push_time(3, exemplar.timestamp, out);
    });
}

/// Appends a `google.protobuf.Timestamp`. A time of 0 is omitted: the clock of the writer was before the epoch.
fn push_time(tag: u32, seconds: f64, out: &mut impl BufMut) {
    /// Finer digits of a double are noise at the times of today.
    const STEPS: f64 = 1e6;
    if seconds <= 0.0 || seconds.is_nan() {
        return;
    }
    // The time is positive, so a conversion rounds down.
    let whole = seconds as i64 as u64;
    let micros = ((seconds - whole as f64) * STEPS + 0.5).min(STEPS - 1.0);
    let nanos = micros as u64 * 1000;
    /// The bytes of the keys of both numbers.
    const KEYS: usize = 2;
    let length = KEYS + encoded_len_varint(whole) + encoded_len_varint(nanos);
    push_head(tag, length, out);
    push_number(1, whole, out);
    push_number(2, nanos, out);
}
