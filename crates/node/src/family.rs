//! Families on their way in (declarations) and out (values).

use crate::error::{Result, bad_argument};
use mpmetrics_core::expose::parse_labels;
use mpmetrics_core::{Aggregator, Family, Kind, Series, Value};
use napi_derive::napi;

/// What a metric is, as its options say.
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
    /// Its label names, in the order in which they are printed.
    pub label_names: Vec<String>,
    /// How several writers' values become one: `sum`, `min`, `max`, `average`, `first`, `omit`,
    /// `shared` or `all`.
    pub aggregator: String,
    /// A histogram's upper bounds without `+Inf`, ascending.
    pub buckets: Option<Vec<f64>>,
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
        })
    }
}

/// A family with what all writers together have measured.
#[napi(object, object_from_js = false)]
pub struct FamilyValues {
    /// The name as it was declared.
    pub name: String,
    /// The help text.
    pub help: String,
    /// The kind of metric, as in a declaration.
    pub kind: &'static str,
    /// The aggregator, as in a declaration.
    pub aggregator: &'static str,
    /// The label names that were declared.
    pub label_names: Vec<String>,
    /// A histogram's upper bounds without `+Inf`.
    pub buckets: Vec<f64>,
    /// The series, in the order in which they were made.
    pub series: Vec<SeriesValue>,
}

/// What all writers together have measured in one series.
#[napi(object, object_from_js = false)]
pub struct SeriesValue {
    /// Label names and values in turn.
    pub labels: Vec<String>,
    /// A counter's or gauge's number.
    pub value: Option<f64>,
    /// The sum of a histogram's observations.
    pub sum: Option<f64>,
    /// How many observations a histogram has.
    pub count: Option<f64>,
    /// A histogram's buckets, not cumulative, `+Inf` last.
    pub bucket_counts: Option<Vec<f64>>,
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
        }
    }
}

fn values(family: &Family, series: &Series) -> SeriesValue {
    let labels = parse_labels(family.labels(series));
    let labels = labels
        .into_iter()
        .flat_map(|(name, value)| [name, value])
        .collect();
    match &series.value {
        Value::Number(number) => SeriesValue {
            labels,
            value: Some(*number),
            sum: None,
            count: None,
            bucket_counts: None,
        },
        Value::Histogram { sum, counts } => {
            let counts = family.numbers[counts.clone()].to_vec();
            SeriesValue {
                labels,
                value: None,
                sum: Some(*sum),
                count: Some(counts.iter().sum()),
                bucket_counts: Some(counts),
            }
        }
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
