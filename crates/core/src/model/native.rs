//! The sparse buckets of a native histogram, as a scrape reads them.

use std::ops::Range;

/// The sparse buckets of one series, merged over all its writers.
///
/// Bucket `i` of schema `s` counts the values in `(base^(i-1), base^i]`, where `base = 2^(2^-s)`. A negative bucket counts
/// the values whose absolute values are in that range. Source: the Prometheus specification of native histograms.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct NativeHistogram {
    /// The resolution: -4 (coarse) to 8 (fine).
    pub schema: i8,
    /// Values whose absolute value is at most this are counted in the zero bucket.
    pub zero_threshold: f64,
    /// How many values are in the zero bucket.
    pub zero_count: u64,
    /// Index and count of each positive bucket that is not empty, in ascending order of the index.
    pub positive: Vec<(i32, u64)>,
    /// Index and count of each negative bucket that is not empty, in ascending order of the index.
    pub negative: Vec<(i32, u64)>,
    /// How many values were observed, NaN included: the buckets do not count NaN.
    pub count: u64,
    /// Where in [`Family::exemplars`](super::family::Family::exemplars) the exemplars of the sparse buckets are.
    pub exemplars: Range<usize>,
}
