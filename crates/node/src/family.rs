//! Families on their way in (declarations) and out (values).

use crate::error::{Result, bad_argument};
use mpmetrics_core::expose::parse_labels;
use mpmetrics_core::{Aggregator, Family, Kind, Series, Value};
use napi_derive::napi;

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
    /// How several writers' values become one: `sum`, `min`, `max`, `average`, `first`, `omit`,
    /// `shared` or `all`.
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
            native: None,
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
    /// When it last started from zero, in seconds since the epoch: at first, when it was made.
    pub created: f64,
    /// A counter's, gauge's or info's number; the index of an enum's state.
    pub value: Option<f64>,
    /// The sum of a histogram's or summary's observations.
    pub sum: Option<f64>,
    /// How many observations a histogram or summary has.
    pub count: Option<f64>,
    /// A histogram's buckets, not cumulative, `+Inf` last.
    pub bucket_counts: Option<Vec<f64>>,
    /// The values of a summary's quantiles.
    pub quantiles: Option<Vec<f64>>,
    /// The exemplars, at most one for each bucket.
    pub exemplars: Vec<ExemplarValue>,
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

fn values(family: &Family, series: &Series) -> SeriesValue {
    let exemplars = family.exemplars[series.exemplars.clone()].iter();
    let known = SeriesValue {
        labels: pairs(family.labels(series)),
        created: series.created,
        exemplars: exemplars
            .map(|exemplar| ExemplarValue {
                bucket: exemplar.bucket as u32,
                labels: pairs(&family.text[exemplar.labels.clone()]),
                value: exemplar.value,
                timestamp: exemplar.timestamp,
            })
            .collect(),
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
        Value::Histogram { sum, counts, .. } => {
            let counts = family.numbers[counts.clone()].to_vec();
            SeriesValue {
                sum: Some(*sum),
                count: Some(counts.iter().sum()),
                bucket_counts: Some(counts),
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
