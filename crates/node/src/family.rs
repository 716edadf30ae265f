//! Declarations of families, and the names of their kinds and aggregators.

use crate::error::{Result, bad_argument};
use mpmetrics_core::{Aggregator, Kind};
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
    /// Whether these come from traces, and are shown for 70 seconds; absent: they do not.
    pub traced: Option<bool>,
    /// A series without an update for this many seconds is removed for all; absent or 0: never.
    pub expire_after: Option<f64>,
    /// Whether its names may be any UTF-8 text; absent: the legacy rule holds.
    pub utf8: Option<bool>,
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
            traced: spec.traced.unwrap_or_default(),
            expire_after: spec.expire_after.unwrap_or_default(),
            utf8: spec.utf8.unwrap_or_default(),
            native: spec.native.map(Into::into),
        })
    }
}

/// The kinds and their names.
pub const KINDS: [(Kind, &str); 7] = [
    (Kind::Counter, "counter"),
    (Kind::Gauge, "gauge"),
    (Kind::Histogram, "histogram"),
    (Kind::Summary, "summary"),
    (Kind::Info, "info"),
    (Kind::Enum, "enum"),
    (Kind::Unknown, "unknown"),
];

/// The aggregators and their names.
pub const AGGREGATORS: [(Aggregator, &str); 8] = [
    (Aggregator::Sum, "sum"),
    (Aggregator::Min, "min"),
    (Aggregator::Max, "max"),
    (Aggregator::Average, "average"),
    (Aggregator::First, "first"),
    (Aggregator::Omit, "omit"),
    (Aggregator::Shared, "shared"),
    (Aggregator::All, "all"),
];

/// The name of a kind or an aggregator.
pub fn name_of<T: PartialEq>(names: &[(T, &'static str)], wanted: T) -> &'static str {
    names
        .iter()
        .find(|(value, _)| *value == wanted)
        .map_or("", |(_, name)| name)
}
