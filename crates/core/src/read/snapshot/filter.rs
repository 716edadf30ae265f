//! The filter of a scrape.

use crate::model::declaration::FamilySpec;
use crate::model::family::Kind;

/// The families to read.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// The registries: the family must be in one of them.
    pub registries: Vec<u32>,
    /// Names of families; `None`: all.
    pub names: Option<Vec<String>>,
    /// Names of families, or of samples of theirs in any format; `None`: all.
    pub samples: Option<Vec<String>>,
    /// A replacement for the time on the machine's monotonic clock, in seconds.
    pub monotonic: Option<f64>,
    /// Whether the heap's own metrics are appended, for any registries.
    pub self_metrics: bool,
    /// Whether families with the aggregator `Omit` are omitted even with a single contributor.
    pub whole: bool,
    /// The families that the reader has declared, in its order. They come first. Empty: the order of the heap.
    pub known: Vec<Known>,
}

/// A family that the reader has declared.
#[derive(Clone, Debug)]
pub struct Known {
    /// Its name.
    pub name: String,
    /// The help text that the reader gave it.
    pub help: String,
}

impl Filter {
    pub(super) fn admits(&self, spec: &FamilySpec) -> bool {
        let registries = &self.registries;
        spec.registries
            .iter()
            .any(|registry| registries.contains(registry))
            && self.names(&spec.name, spec.kind)
    }

    /// Whether the family of that name and kind is asked for.
    pub(super) fn names(&self, family: &str, kind: Kind) -> bool {
        let suffixes: &[&str] = match kind {
            Kind::Counter => &["_total", "_created"],
            Kind::Histogram => &["_bucket", "_sum", "_count", "_created"],
            Kind::Summary => &["_sum", "_count", "_created"],
            Kind::Info => &["_info"],
            Kind::Gauge | Kind::Enum | Kind::Unknown => &[],
        };
        let is_sample = |name: &String| {
            // The name of a counter without its suffix names its samples, too.
            let family = match kind {
                Kind::Counter => family.strip_suffix("_total").unwrap_or(family),
                _ => family,
            };
            let suffix = name.strip_prefix(family);
            suffix.is_some_and(|suffix| suffix.is_empty() || suffixes.contains(&suffix))
        };
        let named = |names: &Vec<String>| names.iter().any(|name| name == family);
        self.names.as_ref().is_none_or(named)
            && self
                .samples
                .as_ref()
                .is_none_or(|samples| named(samples) || samples.iter().any(is_sample))
    }
}
