//! The order in which what was read is shown.

use super::filter::Known;
use super::shown::Shown;
use crate::model::family::{Family, Series};
use std::collections::HashMap;

/// Puts series in the order in which they were made, which is not that of their numbers once numbers are used again.
pub(super) fn by_age(family: &mut Family) {
    let are_in_order = |pair: &[Series]| pair[0].made <= pair[1].made;
    if !family.series.windows(2).all(are_in_order) {
        family
            .series
            .sort_by(|one, other| one.made.total_cmp(&other.made));
    }
}

/// Puts the families that the reader has declared itself in its own order, before any others, with its own help texts.
pub(super) fn as_known(families: &mut [Shown], known: &[Known]) {
    if known.is_empty() {
        return;
    }
    let mut places: HashMap<&str, (usize, &str)> = known
        .iter()
        .enumerate()
        .map(|(place, Known { name, help })| (name.as_str(), (place, help.as_str())))
        .collect();
    families.sort_by_key(|shown| {
        places
            .get(shown.family.name.as_str())
            .map_or(usize::MAX, |(place, _)| *place)
    });
    for Shown { family, .. } in families {
        if let Some((_, help)) = places.remove(family.name.as_str()) {
            family.help = help.to_owned();
        }
    }
}
