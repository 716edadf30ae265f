//! Families with values: those of a heap for JavaScript, and those of other libraries for an encoder.

use crate::family::{AGGREGATORS, KINDS, name_of};
use mpmetrics_core::expose::{parse_labels, push_label};
use mpmetrics_core::{Aggregator, Exemplar, Family, Kind, NativeHistogram, Series, Value};
use napi_derive::napi;
use std::ops::Range;

/// A family with the values of all writers.
#[napi(object)]
pub struct FamilyValues {
    /// The declared name.
    pub name: String,
    /// The help text.
    pub help: String,
    /// The unit, or an empty string.
    pub unit: String,
    /// The kind of metric, as in a declaration, or `unknown`.
    pub kind: String,
    /// The aggregator, as in a declaration.
    pub aggregator: String,
    /// The label names that were declared.
    pub label_names: Vec<String>,
    /// A histogram's upper bounds without `+Inf`, or a summary's quantiles.
    pub buckets: Vec<f64>,
    /// The states of an enum.
    pub states: Vec<String>,
    /// The series, in the order of their creation.
    pub series: Vec<SeriesValue>,
}

/// The value of one series, over all writers.
#[napi(object)]
#[derive(Default)]
pub struct SeriesValue {
    /// Label names and values, alternating.
    pub labels: Vec<String>,
    /// The last start from zero, in seconds since the epoch; the creation if there was none.
    pub created: f64,
    /// The number of a counter, a gauge or an info; the index of an enum's state.
    pub value: Option<f64>,
    /// The sum of a histogram's or summary's observations.
    pub sum: Option<f64>,
    /// How many observations a histogram or summary has.
    pub count: Option<f64>,
    /// A histogram's buckets, not cumulative, `+Inf` last.
    pub bucket_counts: Option<Vec<f64>>,
    /// The values of a summary's quantiles.
    pub quantiles: Option<Vec<f64>>,
    /// The sparse buckets, if it is a native histogram.
    pub native: Option<NativeValue>,
    /// The exemplars, at most one for each bucket.
    pub exemplars: Vec<ExemplarValue>,
}

/// The sparse buckets of a native histogram.
#[napi(object)]
pub struct NativeValue {
    /// The resolution: -4 (coarse) to 8 (fine).
    pub schema: i32,
    /// The greatest absolute value of the zero bucket.
    pub zero_threshold: f64,
    /// How many values are in the zero bucket.
    pub zero_count: f64,
    /// How many values were observed, NaN included.
    pub count: f64,
    /// The positive buckets that are not empty, in ascending order.
    pub positive: Vec<SparseBucket>,
    /// The negative buckets that are not empty, in ascending order of their absolute values.
    pub negative: Vec<SparseBucket>,
    /// The exemplars of the sparse buckets.
    pub exemplars: Vec<ExemplarValue>,
}

/// A sparse bucket.
#[napi(object)]
pub struct SparseBucket {
    /// Its index in the schema.
    pub index: i32,
    /// How many values it has.
    pub count: f64,
}

/// An example of the values in a counter or bucket.
#[napi(object)]
pub struct ExemplarValue {
    /// The bucket, `+Inf` being the last; 0 for a counter.
    pub bucket: u32,
    /// Label names and values, alternating.
    pub labels: Vec<String>,
    /// The value that was observed.
    pub value: f64,
    /// When it was observed, in seconds since the epoch.
    pub timestamp: f64,
}

impl From<Family> for FamilyValues {
    fn from(family: Family) -> Self {
        Self {
            series: family
                .series
                .iter()
                .map(|series| values(&family, series))
                .collect(),
            name: family.name,
            help: family.help,
            unit: family.unit,
            kind: name_of(&KINDS, family.kind).into(),
            aggregator: name_of(&AGGREGATORS, family.aggregator).into(),
            label_names: family.label_names,
            buckets: family.bounds,
            states: family.states,
        }
    }
}

impl FamilyValues {
    /// The family for an encoder. All its names count as UTF-8.
    pub fn to_core(&self) -> Family {
        let kind = KINDS.iter().find(|(_, name)| *name == self.kind);
        let mut family = Family {
            name: self.name.clone(),
            help: self.help.clone(),
            unit: self.unit.clone(),
            kind: kind.map_or(Kind::Unknown, |(kind, _)| *kind),
            aggregator: Aggregator::Sum,
            label_names: self.label_names.clone(),
            bounds: self.buckets.clone(),
            series: Vec::new(),
            text: String::new(),
            numbers: Vec::new(),
            states: self.states.clone(),
            exemplars: Vec::new(),
            natives: Vec::new(),
            utf8: true,
        };
        for series in &self.series {
            add(&mut family, series);
        }
        family
    }
}

/// Adds a series to its family. Numbers that are missing are 0.
fn add(family: &mut Family, series: &SeriesValue) {
    let start = family.numbers.len();
    let value = match family.kind {
        Kind::Histogram => {
            family.numbers.extend(series.bucket_counts.iter().flatten());
            family.numbers.resize(start + family.bounds.len() + 1, 0.0);
            Value::Histogram {
                sum: series.sum.unwrap_or_default(),
                counts: start..family.numbers.len(),
                native: series.native.as_ref().map(|native| {
                    let native = add_native(family, native);
                    family.natives.push(native);
                    family.natives.len() - 1
                }),
            }
        }
        Kind::Summary => {
            family.numbers.extend(series.quantiles.iter().flatten());
            family.numbers.resize(start + family.bounds.len(), f64::NAN);
            Value::Summary {
                count: series.count.unwrap_or_default(),
                sum: series.sum.unwrap_or_default(),
                quantiles: start..family.numbers.len(),
            }
        }
        Kind::Enum => Value::State(series.value.unwrap_or_default() as usize),
        _ => Value::Number(series.value.unwrap_or_default()),
    };
    let exemplars = add_exemplars(family, &series.exemplars);
    let labels = add_labels(family, &series.labels);
    family.series.push(Series {
        labels,
        made: series.created,
        created: series.created,
        value,
        exemplars,
    });
}

fn add_native(family: &mut Family, native: &NativeValue) -> NativeHistogram {
    let sparse = |buckets: &[SparseBucket]| {
        let pairs = buckets.iter();
        pairs.map(|one| (one.index, one.count as u64)).collect()
    };
    NativeHistogram {
        schema: native.schema.clamp(-4, 8) as i8,
        zero_threshold: native.zero_threshold,
        zero_count: native.zero_count as u64,
        positive: sparse(&native.positive),
        negative: sparse(&native.negative),
        count: native.count as u64,
        exemplars: add_exemplars(family, &native.exemplars),
    }
}

fn add_exemplars(family: &mut Family, exemplars: &[ExemplarValue]) -> Range<usize> {
    let start = family.exemplars.len();
    for exemplar in exemplars {
        let labels = add_labels(family, &exemplar.labels);
        family.exemplars.push(Exemplar {
            bucket: exemplar.bucket as usize,
            labels,
            value: exemplar.value,
            timestamp: exemplar.timestamp,
        });
    }
    start..family.exemplars.len()
}

/// Adds the text of labels. An odd name at the end is omitted.
fn add_labels(family: &mut Family, labels: &[String]) -> Range<usize> {
    let mut text = String::new();
    for [name, value] in labels.as_chunks::<2>().0 {
        push_label(name, value, &mut text);
    }
    let start = family.text.len();
    family.text.push_str(&text);
    start..family.text.len()
}

/// Label names and values, alternating.
fn pairs(labels: &str) -> Vec<String> {
    let pairs = parse_labels(labels).into_iter();
    pairs.flat_map(|(name, value)| [name, value]).collect()
}

fn exemplars(family: &Family, at: &Range<usize>) -> Vec<ExemplarValue> {
    let exemplars = family.exemplars[at.clone()].iter();
    exemplars
        .map(|exemplar| ExemplarValue {
            bucket: exemplar.bucket as u32,
            labels: pairs(&family.text[exemplar.labels.clone()]),
            value: exemplar.value,
            timestamp: exemplar.timestamp,
        })
        .collect()
}

fn native(family: &Family, native: &NativeHistogram) -> NativeValue {
    let sparse = |buckets: &[(i32, u64)]| {
        let buckets = buckets.iter();
        buckets
            .map(|(index, count)| SparseBucket {
                index: *index,
                count: *count as f64,
            })
            .collect()
    };
    NativeValue {
        schema: native.schema.into(),
        zero_threshold: native.zero_threshold,
        zero_count: native.zero_count as f64,
        count: native.count as f64,
        positive: sparse(&native.positive),
        negative: sparse(&native.negative),
        exemplars: exemplars(family, &native.exemplars),
    }
}

fn values(family: &Family, series: &Series) -> SeriesValue {
    let known = SeriesValue {
        labels: pairs(family.labels(series)),
        created: series.created,
        exemplars: exemplars(family, &series.exemplars),
        ..SeriesValue::default()
    };
    match &series.value {
        Value::Number(number) => SeriesValue {
            value: Some(*number),
            ..known
        },
        Value::State(state) => SeriesValue {
            value: Some(*state as f64),
            ..known
        },
        Value::Histogram {
            sum,
            counts,
            native: sparse,
        } => {
            let counts = family.numbers[counts.clone()].to_vec();
            let sparse = sparse.map(|at| &family.natives[at]);
            let count = sparse.map_or_else(|| counts.iter().sum(), |native| native.count as f64);
            SeriesValue {
                sum: Some(*sum),
                count: Some(count),
                bucket_counts: Some(counts),
                native: sparse.map(|sparse| native(family, sparse)),
                ..known
            }
        }
        Value::Summary {
            count,
            sum,
            quantiles,
        } => SeriesValue {
            sum: Some(*sum),
            count: Some(*count),
            quantiles: Some(family.numbers[quantiles.clone()].to_vec()),
            ..known
        },
    }
}
