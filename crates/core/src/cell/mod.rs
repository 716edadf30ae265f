//! Cells: the words of one writer for one series, and consistent copies of them.

pub(crate) mod counter;
pub(crate) mod exemplar;
pub(crate) mod extension;
pub(crate) mod gauge;
pub(crate) mod histogram;
pub(crate) mod native;
pub(crate) mod quantiles;
pub(crate) mod summary;

use crate::error::Result;
use crate::layout::histogram::BUCKETS;
use crate::model::declaration::FamilySpec;
use crate::model::family::Kind;
use crate::storage::words::Words;
use crate::sync::AtomicU64;
use native::NativeCell;

/// Prepares a cell for a new owner: the last one may have died during an update.
pub(crate) fn adopt(
    words: &Words,
    spec: &FamilySpec,
    cell: &[AtomicU64],
    incarnation: u32,
) -> Result<()> {
    match spec.kind {
        _ if spec.is_shared() => {}
        Kind::Gauge => gauge::adopt(cell, incarnation),
        Kind::Histogram if spec.native.is_some() => NativeCell::new(words, cell)?.repair()?,
        Kind::Histogram => histogram::repair(histogram_words(spec, cell))?,
        Kind::Summary => summary::repair(cell),
        _ => {}
    }
    Ok(())
}

/// The words of a histogram's cell up to its last bucket.
pub(crate) fn histogram_words<'a>(spec: &FamilySpec, cell: &'a [AtomicU64]) -> &'a [AtomicU64] {
    &cell[..BUCKETS as usize + spec.bounds.len() + 1]
}
