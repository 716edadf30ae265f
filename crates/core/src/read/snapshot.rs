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
mod heap_info;
mod listing;
mod merging;
mod own;
mod reading;
mod shown;
mod slots;

pub use heap_info::{HeapInfo, WriterInfo, info, registry};

use crate::catalog::series::Entries;
use crate::clock;
use crate::error::Result;
use crate::layout::{header, journal};
use crate::model::declaration::FamilySpec;
use crate::model::family::{Family, Kind};
use crate::read::spare::{Memory, Spare};
use crate::read::staleness;
use crate::storage::heap::Heap;
use crate::sync::{Ordering, fence};
use reading::Reader;
use shown::{Shown, keep_last_of_each, shown_families};
use slots::SlotView;

/// Which families to read.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Registries, any of which the family is in.
    pub registries: Vec<u32>,
    /// Names of families; `None`: all.
    pub names: Option<Vec<String>>,
    /// Names of families, or of samples of theirs in any format; `None`: all.
    pub samples: Option<Vec<String>>,
    /// What the machine's monotonic clock is taken to say, in seconds; `None`: what it says.
    pub monotonic: Option<f64>,
    /// Whether to append what the heap says of itself, whatever the registries.
    pub own: bool,
    /// Whether families with the aggregator `Omit` are left out even if only one writer takes part in them.
    pub whole: bool,
    /// The families that the reader has declared, in its order: they come first. Empty: as the heap has them.
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

/// As many series are removed while the lock is held once.
const REMOVED_AT_ONCE: usize = 64;

impl Filter {
    fn admits(&self, spec: &FamilySpec) -> bool {
        let registries = &self.registries;
        spec.registries
            .iter()
            .any(|registry| registries.contains(registry))
            && self.names(&spec.name, spec.kind)
    }

    /// Whether the family of that name and kind is asked for.
    fn names(&self, family: &str, kind: Kind) -> bool {
        let suffixes: &[&str] = match kind {
            Kind::Counter => &["_total", "_created"],
            Kind::Histogram => &["_bucket", "_sum", "_count", "_created"],
            Kind::Summary => &["_sum", "_count", "_created"],
            Kind::Info => &["_info"],
            Kind::Gauge | Kind::Enum => &[],
        };
        let is_sample = |name: &String| {
            // What a counter is called without its suffix names its samples, too.
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
    let structure = heap.load(header::JOURNAL + journal::SEQUENCE)?;
    let slots = SlotView::all(heap)?;
    let mut families = shown_families(heap, filter, &slots)?;
    arranging::as_known(&mut families, &filter.known);
    let now = filter.monotonic.unwrap_or_else(clock::monotonic);
    let entries = Entries::of(heap)?;
    let Spare {
        mut memory,
        mut next,
    } = heap.spare.take();
    listing::list(heap, &entries, &mut families, &mut next)?;
    let mut reader = Reader::new(heap, entries, slots, now);
    for shown in &mut families {
        memory.lend(&mut shown.family);
        reader.read_family(shown, &next)?;
        // Acquire fence: if any series that was read above was made since, this look finds the journal moved on.
        fence(Ordering::Acquire);
        let is_changed = heap.load(header::JOURNAL + journal::SEQUENCE)? != structure;
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
    heap.spare.put(Spare { memory, next });
    if filter.own {
        own::families(heap, filter, &reader.slots)?
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
        heap.word(header::RETRIES)?
            .fetch_add(scratch.retries, Ordering::Relaxed);
    }
    for some in stale.chunks(REMOVED_AT_ONCE) {
        // Whoever holds the lock has something better to do; the next scrape tries again.
        let Ok(mut exclusive) = heap.map_lock.try_acquire(heap) else {
            break;
        };
        for series in some {
            // A page that is complete is shown, whatever keeps a series from being cleared away.
            let _ = staleness::remove(&mut exclusive, series);
        }
    }
    Ok(())
}
