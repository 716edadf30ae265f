//! The names that a format gives to families and samples.

use crate::model::escape::push_quoted;
use crate::model::family::{Family, Kind};
use crate::model::name::is_metric_name;
use std::borrow::Cow;

/// The name of a family in the formats without infos: an info's family has the name of its samples, as Python's client prints
/// it.
pub(super) fn plain_name(family: &Family) -> Cow<'_, str> {
    if family.kind == Kind::Info && !family.name.ends_with("_info") {
        Cow::Owned(format!("{}_info", family.name))
    } else {
        Cow::Borrowed(&family.name)
    }
}

/// The name without the suffix of the samples that carry a plain number, and this suffix, as OpenMetrics 1.0.0 has them.
pub(super) fn suffixed_name(family: &Family) -> (&str, &'static str) {
    let suffix = match family.kind {
        Kind::Counter => "_total",
        Kind::Info => "_info",
        Kind::Gauge | Kind::Histogram | Kind::Summary | Kind::Enum | Kind::Unknown => "",
    };
    // A name that ends in the suffix must not get it twice.
    let name = family
        .name
        .strip_suffix(suffix)
        .filter(|name| !name.is_empty())
        .unwrap_or(&family.name);
    (name, suffix)
}

/// Appends the name of a family or sample, between quotation marks if it is no legacy name.
pub(super) fn push_name(name: &str, out: &mut Vec<u8>) {
    if is_metric_name(name) {
        out.extend_from_slice(name.as_bytes());
    } else {
        let mut quoted = String::new();
        push_quoted(name, &mut quoted);
        out.extend_from_slice(quoted.as_bytes());
    }
}

/// The unit, if it is printed: the name must end in it, and the kind must have units. Readers refuse a page with any other.
pub(super) fn unit_of(family: &Family) -> Option<&str> {
    let unit = family.unit.as_str();
    let (name, _) = suffixed_name(family);
    let is_printed = !unit.is_empty()
        && !matches!(family.kind, Kind::Info | Kind::Enum)
        && name
            .strip_suffix(unit)
            .is_some_and(|stem| stem.ends_with('_'));
    is_printed.then_some(unit)
}
