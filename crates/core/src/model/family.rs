//! The families of a scrape with their series, ready for any format.

use std::ops::Range;

use super::native::NativeHistogram;

/// The kind of a metric, as the exposition formats name them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Kind {
    /// A number that only grows.
    Counter = 1,
    /// A number that rises and falls.
    Gauge = 2,
    /// Observations counted in buckets.
    Histogram = 3,
    /// Observations summed up as quantiles.
    Summary = 4,
    /// Constant text about a target.
    Info = 5,
    /// One of several states.
    Enum = 6,
    /// A number of unknown kind. No heap has any: such families come from other libraries.
    Unknown = 7,
}

/// How the values of several writers become one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Aggregator {
    /// The sum over the writers.
    Sum = 1,
    /// The least of the writers' values.
    Min = 2,
    /// The greatest of the writers' values.
    Max = 3,
    /// The mean of the writers' values.
    Average = 4,
    /// The value of the live writer with the lowest slot.
    First = 5,
    /// Omitted from the exposition.
    Omit = 6,
    /// One value for all writers, which outlives them.
    Shared = 7,
    /// One series for each process, with the label `pid`.
    All = 8,
}

/// One family of a snapshot, with all its series.
#[derive(Clone, Debug)]
pub struct Family {
    /// The name as declared; no suffix added or removed.
    pub name: String,
    /// The help text, not escaped.
    pub help: String,
    /// The unit, or an empty string.
    pub unit: String,
    /// The kind of metric.
    pub kind: Kind,
    /// How the writers' values were made one.
    pub aggregator: Aggregator,
    /// The label names that were declared.
    pub label_names: Vec<String>,
    /// A histogram's upper bounds without `+Inf`, or a summary's quantiles.
    pub bounds: Vec<f64>,
    /// The series in the order in which they were created.
    pub series: Vec<Series>,
    /// The escaped label text of all series, one after the other.
    pub text: String,
    /// The bucket counts (not cumulative, `+Inf` last) or quantile values of all series.
    pub numbers: Vec<f64>,
    /// The states of an enum.
    pub states: Vec<String>,
    /// The exemplars of all series.
    pub exemplars: Vec<Exemplar>,
    /// The sparse buckets of the series that are native histograms.
    pub natives: Vec<NativeHistogram>,
    /// Whether its names may be any UTF-8 text. Otherwise all are legacy names.
    pub utf8: bool,
}

/// An example of the values in a counter or a bucket.
#[derive(Clone, Debug, PartialEq)]
pub struct Exemplar {
    /// The bucket, `+Inf` being the last; 0 for a counter.
    pub bucket: usize,
    /// The range of its escaped labels in [`Family::text`].
    pub labels: Range<usize>,
    /// The value that was observed.
    pub value: f64,
    /// When it was observed, in seconds since the epoch.
    pub timestamp: f64,
}

/// One series of a family.
#[derive(Clone, Debug)]
pub struct Series {
    /// The range of the escaped labels in [`Family::text`], as `a="x",b="y"`; empty without labels.
    pub labels: Range<usize>,
    /// When the series was made, in seconds since the Unix epoch: they are shown in that order.
    pub made: f64,
    /// The last start from zero, in seconds since the Unix epoch; the creation if there was none.
    pub created: f64,
    /// The value.
    pub value: Value,
    /// The range of its exemplars in [`Family::exemplars`], by bucket.
    pub exemplars: Range<usize>,
}

/// The value of a series.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// A counter's or gauge's number.
    Number(f64),
    /// A histogram: the sum, and where in [`Family::numbers`] the bucket counts are.
    Histogram {
        /// The sum of all observed values.
        sum: f64,
        /// One count a bucket, `+Inf` last; their sum is the count of observations.
        counts: Range<usize>,
        /// Where in [`Family::natives`] its sparse buckets are, if it is a native histogram.
        native: Option<usize>,
    },
    /// A summary: count and sum of all observed values, and where in [`Family::numbers`] the values of the quantiles are.
    Summary {
        /// How many values were observed.
        count: f64,
        /// The sum of all observed values.
        sum: f64,
        /// One value for each quantile in [`Family::bounds`].
        quantiles: Range<usize>,
    },
    /// An enum: the index of its state in [`Family::states`].
    State(usize),
}

impl Family {
    /// The escaped label text of `series`, as `a="x",b="y"`.
    pub fn labels(&self, series: &Series) -> &str {
        &self.text[series.labels.clone()]
    }
}
