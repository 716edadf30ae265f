//! The exemplars of a series, over all its writers.

use super::slots::Cell;
use crate::cell;
use crate::clock::now;
use crate::error::Result;
use crate::layout::native::TABLE_TAG;
use crate::model::declaration::FamilySpec;
use crate::model::family::{Exemplar, Family, Value};
use crate::storage::words::Words;
use std::collections::BTreeMap;

/// The most exemplars of the sparse buckets of a series. Source: client_golang.
const MOST: usize = 10;
/// Sparse buckets show an exemplar for so many seconds. Source: client_golang.
const LIFETIME: f64 = 300.0;
/// Exemplars of traces are shown for so many seconds. Source: client_java.
const TRACE_LIFETIME: f64 = 70.0;

/// Adds exemplars to the series that was read last: the newest one of each classic bucket, and for sparse buckets the newest
/// ones that are young enough.
#[inline(never)]
pub(super) fn add_exemplars(
    words: &Words,
    spec: &FamilySpec,
    family: &mut Family,
    cells: &[Cell],
) -> Result<()> {
    let oldest = if spec.traced {
        now() - TRACE_LIFETIME
    } else {
        f64::NEG_INFINITY
    };
    let mut newest: BTreeMap<u32, cell::exemplar::Copy> = BTreeMap::new();
    for cell in cells {
        cell::extension::for_each(words, cell.words, |body, tag, _| {
            if tag < TABLE_TAG
                && let Some(copy) = cell::exemplar::read(words, body)?
                && copy.timestamp >= oldest
                && newest
                    .get(&tag)
                    .is_none_or(|known| known.timestamp <= copy.timestamp)
            {
                newest.insert(tag, copy);
            }
            Ok(())
        })?;
    }
    let start = family.exemplars.len();
    for (tag, copy) in newest {
        let text = family.text.len();
        family.text.push_str(&copy.text);
        let labels = text..family.text.len();
        family.exemplars.push(Exemplar {
            // The last bucket of a native histogram has several tags.
            bucket: (tag as usize).min(spec.bounds.len()),
            labels,
            value: copy.value,
            timestamp: copy.timestamp,
        });
    }
    let Some(series) = family.series.last_mut() else {
        return Ok(());
    };
    if let Value::Histogram {
        native: Some(native),
        ..
    } = series.value
    {
        let all = family.exemplars.split_off(start);
        family.exemplars.extend(newest_of_each_bucket(&all));
        series.exemplars = start..family.exemplars.len();
        let start = family.exemplars.len();
        family.exemplars.extend(young(all));
        family.natives[native].exemplars = start..family.exemplars.len();
    } else {
        series.exemplars = start..family.exemplars.len();
    }
    Ok(())
}

/// One exemplar for each bucket, of exemplars in the order of their buckets.
fn newest_of_each_bucket(all: &[Exemplar]) -> impl Iterator<Item = Exemplar> {
    all.chunk_by(|one, next| one.bucket == next.bucket)
        .filter_map(|same| {
            let newer =
                |one: &&Exemplar, other: &&Exemplar| one.timestamp.total_cmp(&other.timestamp);
            same.iter().max_by(newer).cloned()
        })
}

/// The exemplars that sparse buckets show, the oldest first.
fn young(mut all: Vec<Exemplar>) -> Vec<Exemplar> {
    let now = now();
    all.retain(|exemplar| now - exemplar.timestamp <= LIFETIME);
    all.sort_by(|one, other| one.timestamp.total_cmp(&other.timestamp));
    let first = all.len().saturating_sub(MOST);
    all.split_off(first)
}
