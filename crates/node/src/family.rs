//! Families: declarations from JavaScript, and values for JavaScript.

use crate::error::{Result, bad_argument};
use mpmetrics_core::expose::parse_labels;
use mpmetrics_core::{Aggregator, Family, Kind, NativeHistogram, Series, Value};
use napi_derive::napi;
use std::ops::Range;

/// The declaration of a metric.
#[napi(object, object_to_js = false)]
pub struct FamilySpec {
    /// The numbers of the registries that show it.
    pub registries: Vec<u32>,
    /// Its name.
    pub name: String,
    /// Its help text.
    pub help: String,
    /// Its kind.
    #[napi(ts_type = "'counter' | 'gauge' | 'histogram' | 'summary' | 'info' | 'enum'")]
    pub kind: String,
    /// Its unit.
    pub unit: Option<String>,
    /// Its label names, in the order of the page.
    pub label_names: Vec<String>,
    /// How the values of several writers become one: `sum`, `min`, `max`, `average`, `first`, `omit`, `shared` or
    /// `all`.
    pub aggregator: String,
    /// A histogram's upper bounds without `+Inf`, ascending; a summary's quantiles, between 0 and 1.
    pub buckets: Option<Vec<f64>>,
    /// A summary's windows: its quantiles cover the last so many intervals. Absent or 0: they cover all values.
    pub windows: Option<u32>,
    /// The seconds of a summary's interval.
    pub interval: Option<f64>,
    /// The states of an enum.
    pub states: Option<Vec<String>>,
    /// Whether counters and buckets carry exemplars; absent: they do not.
    pub exemplars: Option<bool>,
    /// A series without an update for this many seconds is removed for all; absent or 0: never.
    pub expire_after: Option<f64>,
    /// The sparse buckets of a histogram; absent: it has none.
    pub native: Option<NativeSpec>,
}

/// The declaration of the sparse buckets of a native histogram.
#[napi(object, object_to_js = false)]
pub struct NativeSpec {
    /// The resolution of a new series, from -4 to 8.
    pub schema: i32,
    /// Values whose absolute value is at most this are in the zero bucket.
    pub zero_threshold: f64,
    /// The most buckets of one writer.
    pub max_buckets: u32,
    /// The seconds after which a series with too many buckets may start again from zero; 0: never.
    pub min_reset: f64,
    /// How far a writer with too many buckets may widen its zero bucket.
    pub max_zero_threshold: f64,
}

impl From<NativeSpec> for mpmetrics_core::NativeSpec {
    fn from(spec: NativeSpec) -> Self {
        Self {
            // A number that is no schema is refused by the declaration.
            schema: spec.schema.clamp(i8::MIN.into(), i8::MAX.into()) as i8,
            zero_threshold: spec.zero_threshold,
            max_buckets: spec.max_buckets,
            min_reset: spec.min_reset,
            max_zero_threshold: spec.max_zero_threshold,
        }
    }
}

impl TryFrom<FamilySpec> for mpmetrics_core::FamilySpec {
    type Error = crate::error::Error;

    fn try_from(spec: FamilySpec) -> Result<Self> {
        let kind = KINDS.iter().find(|(_, name)| *name == spec.kind);
        let aggregator = AGGREGATORS
            .iter()
            .find(|(_, name)| *name == spec.aggregator);
        Ok(Self {
            registries: spec.registries,
            name: spec.name,
            help: spec.help,
            kind: kind
                .ok_or_else(|| bad_argument("there is no such kind of metric"))?
                .0,
            unit: spec.unit.unwrap_or_default(),
            label_names: spec.label_names,
            aggregator: aggregator
                .ok_or_else(|| bad_argument("there is no such aggregator"))?
                .0,
            bounds: spec.buckets.unwrap_or_default(),
            windows: spec.windows.unwrap_or_default(),
            interval: spec.interval.unwrap_or_default(),
            states: spec.states.unwrap_or_default(),
            exemplars: spec.exemplars.unwrap_or_default(),
            expire_after: spec.expire_after.unwrap_or_default(),
            native: spec.native.map(Into::into),
        })
    }
}

/// A family with the values of all writers.
#[napi(object, object_from_js = false)]
pub struct FamilyValues {
    /// The declared name.
    pub name: String,
    /// The help text.
    pub help: String,
    /// The unit, or an empty string.
    pub unit: String,
    /// The kind of metric, as in a declaration.
    pub kind: &'static str,
    /// The aggregator, as in a declaration.
    pub aggregator: &'static str,
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
#[napi(object, object_from_js = false)]
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
#[napi(object, object_from_js = false)]
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
#[napi(object, object_from_js = false)]
pub struct SparseBucket {
    /// Its index in the schema.
    pub index: i32,
    /// How many values it has.
    pub count: f64,
}

/// An example of the values in a counter or bucket.
#[napi(object, object_from_js = false)]
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
            kind: name_of(&KINDS, family.kind),
            aggregator: name_of(&AGGREGATORS, family.aggregator),
            label_names: family.label_names,
            buckets: family.bounds,
            states: family.states,
        }
    }
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

const KINDS: [(Kind, &str); 6] = [
    (Kind::Counter, "counter"),
    (Kind::Gauge, "gauge"),
    (Kind::Histogram, "histogram"),
    (Kind::Summary, "summary"),
    (Kind::Info, "info"),
    (Kind::Enum, "enum"),
];

const AGGREGATORS: [(Aggregator, &str); 8] = [
    (Aggregator::Sum, "sum"),
    (Aggregator::Min, "min"),
    (Aggregator::Max, "max"),
    (Aggregator::Average, "average"),
    (Aggregator::First, "first"),
    (Aggregator::Omit, "omit"),
    (Aggregator::Shared, "shared"),
    (Aggregator::All, "all"),
];

fn name_of<T: PartialEq>(names: &[(T, &'static str)], wanted: T) -> &'static str {
    names
        .iter()
        .find(|(value, _)| *value == wanted)
        .map_or("", |(_, name)| name)
}
