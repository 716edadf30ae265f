//! Cells: the words of one writer for one series, and consistent copies of them.

pub(crate) mod counter;
pub(crate) mod exemplar;
pub(crate) mod extension;
pub(crate) mod gauge;
pub(crate) mod histogram;
pub(crate) mod quantiles;
pub(crate) mod summary;

use crate::error::Result;
use crate::model::declaration::FamilySpec;
use crate::model::family::Kind;
use crate::sync::AtomicU64;

/// Prepares a cell for a new owner: the last one may have died during an update.
pub(crate) fn adopt(spec: &FamilySpec, cell: &[AtomicU64], incarnation: u32) -> Result<()> {
    match spec.kind {
        _ if spec.is_shared() => {}
        Kind::Gauge => gauge::adopt(cell, incarnation),
        Kind::Histogram => histogram::repair(histogram_words(spec, cell))?,
        Kind::Summary => summary::repair(cell),
        _ => {}
    }
    Ok(())
}

/// The words of a histogram's cell without the head of its extensions.
pub(crate) fn histogram_words<'a>(spec: &FamilySpec, cell: &'a [AtomicU64]) -> &'a [AtomicU64] {
    &cell[..cell.len() - usize::from(spec.exemplars)]
}
