//! The snapshot: the sum over all slots, as families.
//!
//! Nothing is locked. Each series is read between two looks at its word in the table; when its generation has changed,
//! what was copied is thrown away. A cell counts if the directory it is found in binds it to that generation. Slots
//! are summed up in their order, so the same cells always give the same sum.
//!
//! Which series there are is looked at first, then each family is read by itself, in memory that the next one uses again:
//! fresh memory costs more than reading does.
//!
//! A series that is removed and made again while a scrape goes on may be met twice, under its old number and its new one:
//! the second is the newer, and the only one that is kept.

mod arranging;
mod chain;
mod filter;
mod heap_info;
mod listing;
mod merging;
mod reading;
mod self_metrics;
mod shown;
mod slots;

pub use filter::{Filter, Known};
pub use heap_info::{HeapInfo, WriterInfo, info, registry};

use crate::catalog::series::Entries;
use crate::clock;
use crate::error::Result;
use crate::layout::{header, journal};
use crate::model::family::Family;
use crate::read::buffers::{Memory, SPARE, Spare};
use crate::read::staleness;
use crate::storage::heap::Heap;
use crate::sync::{Ordering, fence};
use reading::Reader;
use shown::{Shown, keep_last_of_each, shown_families};
use slots::SlotView;

/// As many series are removed while the lock is held once.
const REMOVED_AT_ONCE: usize = 64;

/// Reads the families that the filter admits, in the order in which they were declared, unless the filter has another.
/// A family with the aggregator `Omit` is left out as soon as more than one live writer takes part in it.
///
/// Series that have been idle for longer than their family lets them are left out, and removed if the label map is free.
pub fn take(heap: &Heap, filter: &Filter) -> Result<Vec<Family>> {
    let mut families = Vec::new();
    each(heap, filter, |family| families.push(family.clone()))?;
    Ok(families)
}

/// As [`take`], but shows one family after the other, each in the memory of the one before: what a large heap says is
/// then never there as a whole. When it fails, what was shown is not all.
pub fn each(heap: &Heap, filter: &Filter, mut show: impl FnMut(&Family)) -> Result<()> {
    let words = &heap.words;
    let structure = words.load(header::JOURNAL + journal::SEQUENCE)?;
    let slots = SlotView::all(words)?;
    let mut families = shown_families(heap, filter, &slots)?;
    arranging::as_known(&mut families, &filter.known);
    let now = filter.monotonic.unwrap_or_else(clock::monotonic);
    let entries = Entries::of(words)?;
    let Spare {
        mut memory,
        mut next,
    } = SPARE.take();
    listing::list(words, &entries, &mut families, &mut next)?;
    let mut reader = Reader::new(heap, entries, slots, now);
    for shown in &mut families {
        memory.lend(&mut shown.family);
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
        memory = Memory::of(family);
    }
    SPARE.put(Spare { memory, next });
    if filter.self_metrics {
        self_metrics::families(heap, filter, &reader.slots)?
            .iter()
            .for_each(show);
    }
    finish(heap, reader)
}

/// Removes stale series, and counts what was read again.
fn finish(heap: &Heap, reader: Reader) -> Result<()> {
    let Reader { stale, scratch, .. } = reader;
    if scratch.retries > 0 {
        // Relaxed: a count for display.
        heap.words
            .word(header::RETRIES)?
            .fetch_add(scratch.retries, Ordering::Relaxed);
    }
    for some in stale.chunks(REMOVED_AT_ONCE) {
        // Whoever holds the lock has something better to do; the next scrape tries again.
        let Ok(mut exclusive) = heap.try_lock() else {
            break;
        };
        for series in some {
            // A page that is complete is shown, whatever keeps a series from being cleared away.
            let _ = staleness::remove(&mut exclusive, series);
        }
    }
    Ok(())
}
