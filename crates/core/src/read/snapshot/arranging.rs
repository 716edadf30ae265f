//! The order of families and series on the page.

use super::filter::Known;
use super::shown::Shown;
use crate::model::family::Family;
use std::collections::HashMap;

/// Sorts series by their creation. The order of their numbers differs, because numbers are used again.
pub(super) fn by_age(family: &mut Family) {
    if !family.series.is_sorted_by_key(|series| series.made) {
        family
            .series
            .sort_by(|one, other| one.made.total_cmp(&other.made));
    }
}

/// Puts the families of the reader first, in its order and with its help texts.
pub(super) fn as_known(families: &mut [Shown], known: &[Known]) {
    if known.is_empty() {
        return;
    }
    let mut ranks: HashMap<&str, (usize, &str)> = known
        .iter()
        .enumerate()
        .map(|(rank, Known { name, help })| (name.as_str(), (rank, help.as_str())))
        .collect();
    families.sort_by_key(|shown| {
        ranks
            .get(shown.family.name.as_str())
            .map_or(usize::MAX, |(rank, _)| *rank)
    });
    for Shown { family, .. } in families {
        if let Some((_, help)) = ranks.remove(family.name.as_str()) {
            family.help = help.to_owned();
        }
    }
}
