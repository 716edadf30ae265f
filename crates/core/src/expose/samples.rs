//! The sample lines of one family, in either format. Mostly copying: each piece of a line is text
//! that was made once, when the series was created or for the whole family, and only numbers are new.

use super::number::push_number;
use crate::family::{Family, Series, Value};

/// What a format decides about the lines of a family.
pub(super) struct Samples<'a> {
    /// What the samples' names begin with.
    pub(super) name: &'a str,
    /// What is appended to the name of a sample that carries a plain number.
    pub(super) value_suffix: &'static str,
    /// Whether each series tells when it was created.
    pub(super) created: bool,
    /// Whether a histogram has `_sum` and `_count` lines.
    pub(super) sum_and_count: bool,
    /// How a bucket's upper bound is written.
    pub(super) push_bound: fn(f64, &mut Vec<u8>),
}

/// Appends all lines of all series of `family`.
pub(super) fn push_samples(family: &Family, samples: &Samples<'_>, out: &mut Vec<u8>) {
    let lines = Lines::new(family, samples);
    for series in &family.series {
        let labels = family.labels(series).as_bytes();
        match &series.value {
            Value::Number(number) => push_line(&lines.value, labels, *number, out),
            Value::Histogram { sum, counts } => {
                push_histogram(&lines, labels, *sum, &family.numbers[counts.clone()], out);
            }
        }
        push_created(&lines, labels, series, out);
    }
}

/// The beginnings of a family's lines, up to where the labels stand.
struct Lines {
    /// `name`
    value: Vec<u8>,
    /// `name_bucket{le="0.1"`, one for each bucket, one after the other …
    buckets: Vec<u8>,
    /// … and where each of them ends, `+Inf` last.
    bucket_ends: Vec<usize>,
    /// `name_sum` and `name_count`, where they are printed.
    sum_and_count: Option<(Vec<u8>, Vec<u8>)>,
    /// `name_created`, where it is printed.
    created: Option<Vec<u8>>,
}

impl Lines {
    fn new(family: &Family, samples: &Samples<'_>) -> Self {
        let named = |suffix: &str| [samples.name, suffix].concat().into_bytes();
        let mut buckets = Vec::new();
        let mut bucket_ends = Vec::with_capacity(family.bounds.len() + 1);
        for bound in family.bounds.iter().copied().chain([f64::INFINITY]) {
            buckets.extend_from_slice(samples.name.as_bytes());
            buckets.extend_from_slice(b"_bucket{le=\"");
            (samples.push_bound)(bound, &mut buckets);
            buckets.push(b'"');
            bucket_ends.push(buckets.len());
        }
        Self {
            value: named(samples.value_suffix),
            buckets,
            bucket_ends,
            sum_and_count: samples
                .sum_and_count
                .then(|| (named("_sum"), named("_count"))),
            created: samples.created.then(|| named("_created")),
        }
    }
}

/// Appends `name{labels} number`, without braces where there are no labels.
#[inline]
fn push_line(name: &[u8], labels: &[u8], number: f64, out: &mut Vec<u8>) {
    out.extend_from_slice(name);
    if !labels.is_empty() {
        out.push(b'{');
        out.extend_from_slice(labels);
        out.push(b'}');
    }
    out.push(b' ');
    push_number(number, out);
    out.push(b'\n');
}

/// Appends the buckets, made cumulative, then the sum and the count, which is the last bucket's.
fn push_histogram(lines: &Lines, labels: &[u8], sum: f64, counts: &[f64], out: &mut Vec<u8>) {
    let mut cumulative = 0.0;
    let mut start = 0;
    for (count, end) in counts.iter().zip(&lines.bucket_ends) {
        cumulative += count;
        out.extend_from_slice(&lines.buckets[start..*end]);
        if !labels.is_empty() {
            out.push(b',');
            out.extend_from_slice(labels);
        }
        out.extend_from_slice(b"} ");
        push_number(cumulative, out);
        out.push(b'\n');
        start = *end;
    }
    if let Some((sum_name, count_name)) = &lines.sum_and_count {
        push_line(sum_name, labels, sum, out);
        push_line(count_name, labels, cumulative, out);
    }
}

fn push_created(lines: &Lines, labels: &[u8], series: &Series, out: &mut Vec<u8>) {
    // A heap that could not tell the time leaves 0.
    if let Some(name) = &lines.created
        && series.created > 0.0
    {
        push_line(name, labels, series.created, out);
    }
}
