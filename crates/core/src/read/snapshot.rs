//! The snapshot: the sum over all slots, as families.
//!
//! No lock is taken. Each series is read between two looks at its word in the table. If its generation has changed, the copy
//! is discarded. A cell counts if its directory binds it to that generation. Slots are added in their order, so the same
//! cells always give the same sum.
//!
//! The scrape first lists the series, and then reads one family after the other into the same buffers: fresh memory costs
//! more than the reads.
//!
//! A series that is removed and made again during a scrape may be read twice, under its old number and its new one. Only the
//! last copy is kept.

mod arranging;
mod chain;
mod exemplars;
mod filter;
mod heap_info;
mod listing;
mod merging;
mod reading;
mod rivals;
mod self_metrics;
mod shown;
mod slots;

pub use filter::{Filter, Known};
pub use heap_info::{HeapInfo, WriterInfo, info, registries, registry};
pub use rivals::{Rival, rival};

use crate::catalog::series::Entries;
use crate::clock;
use crate::error::Result;
use crate::layout::{header, journal};
use crate::model::family::Family;
use crate::read::buffers::{FamilyBuffers, KEPT, ScrapeBuffers};
use crate::read::staleness;
use crate::storage::heap::Heap;
use crate::sync::{Ordering, fence};
use reading::Reader;
use shown::{Shown, keep_last_of_each, shown_families};
use slots::SlotView;

/// The most series that are removed under one lock.
const REMOVED_AT_ONCE: usize = 64;

/// Reads the families that the filter admits, in the order of their declaration or of the filter. A family with the
/// aggregator `Omit` is omitted if more than one live writer contributes to it.
///
/// Stale series are omitted, and removed if the label-map lock is free.
pub fn take(heap: &Heap, filter: &Filter) -> Result<Vec<Family>> {
    let mut families = Vec::new();
    each(heap, filter, |family| families.push(family.clone()))?;
    Ok(families)
}

/// As [`take`], but shows one family after the other, each in the same memory: a large page is never in memory as a whole.
/// After an error, families are missing.
pub fn each(heap: &Heap, filter: &Filter, mut show: impl FnMut(&Family)) -> Result<()> {
    let words = &heap.words;
    let structure = words.load(header::JOURNAL + journal::SEQUENCE)?;
    let slots = SlotView::all(words)?;
    let mut families = shown_families(heap, filter, &slots)?;
    arranging::as_known(&mut families, &filter.known);
    let now = filter.monotonic.unwrap_or_else(clock::monotonic);
    let entries = Entries::of(words)?;
    let ScrapeBuffers {
        family: mut buffers,
        mut next,
    } = KEPT.take();
    listing::list(words, &entries, &mut families, &mut next)?;
    let mut reader = Reader::new(heap, entries, slots, now);
    for shown in &mut families {
        buffers.lend(&mut shown.family);
        reader.read_family(shown, &next)?;
        // Acquire fence: if any series that was read above was made since, this look finds the journal moved on.
        fence(Ordering::Acquire);
        let is_changed = words.load(header::JOURNAL + journal::SEQUENCE)? != structure;
        let Shown {
            family, omitted, ..
        } = shown;
        if is_changed {
            keep_last_of_each(family);
        }
        if !*omitted {
            arranging::by_age(family);
            show(family);
        }
        buffers = FamilyBuffers::of(family);
    }
    KEPT.put(ScrapeBuffers {
        family: buffers,
        next,
    });
    if filter.self_metrics {
        self_metrics::families(heap, filter, &reader.slots)?
            .iter()
            .for_each(show);
    }
    finish(heap, reader)
}

/// The most cells that a snapshot may have to read now: one for each number of a series in each slot.
pub fn most_cells(heap: &Heap) -> Result<u64> {
    let series = heap.words.load(header::SERIES_COUNT)?;
    Ok(series.saturating_mul(heap.words.load(header::SLOT_COUNT)?))
}

/// Removes stale series, and counts the repeated reads.
fn finish(heap: &Heap, reader: Reader) -> Result<()> {
    let Reader { stale, scratch, .. } = reader;
    if scratch.retries > 0 {
        // Relaxed: a count for display.
        heap.words
            .word(header::RETRIES)?
            .fetch_add(scratch.retries, Ordering::Relaxed);
    }
    for some in stale.chunks(REMOVED_AT_ONCE) {
        // If another writer has the lock, the next scrape tries again.
        let Ok(mut exclusive) = heap.try_lock() else {
            break;
        };
        for series in some {
            // The page is complete. A series that could not be removed does not spoil it.
            let _ = staleness::remove(&mut exclusive, series);
        }
    }
    Ok(())
}
