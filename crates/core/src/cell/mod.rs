//! The cells: what one writer stores for one series, and how others read it.

pub(crate) mod counter;
pub(crate) mod gauge;
pub(crate) mod histogram;

use crate::declaration::FamilySpec;
use crate::error::{Error, Result};
use crate::family::Kind;
use crate::heap::Heap;
use crate::layout::Place;
use crate::sync::{AtomicU64, Ordering};

/// How many words a writer's cell of that family has; 0 where all writers share one value.
pub(crate) fn words(spec: &FamilySpec) -> Result<u32> {
    use crate::layout;
    match spec.kind {
        _ if spec.is_shared() => Ok(0),
        Kind::Counter => Ok(layout::counter::WORDS),
        Kind::Gauge => Ok(layout::gauge::WORDS),
        Kind::Histogram => Ok(layout::histogram::BUCKETS + spec.bounds.len() as u32 + 1),
        _ => Err(Error::BadArgument {
            what: "this kind of metric has no cells",
        }),
    }
}

/// Makes a cell that its last owner may have died on fit for a new one.
pub(crate) fn adopt(heap: &Heap, spec: &FamilySpec, cell: Place, incarnation: u32) -> Result<()> {
    match spec.kind {
        _ if spec.is_shared() => Ok(()),
        Kind::Gauge => gauge::adopt(heap.words(cell, words(spec)?)?, incarnation),
        Kind::Histogram => histogram::repair(heap.words(cell, words(spec)?)?),
        _ => Ok(()),
    }
}

/// What is in a word. Relaxed: whoever copies several words validates them together afterwards.
fn bits(word: &AtomicU64) -> u64 {
    word.load(Ordering::Relaxed)
}
