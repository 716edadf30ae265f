//! Counts of a heap, for display.

use super::slots::SlotView;
use crate::catalog::registries;
use crate::error::{Result, Shortage};
use crate::layout::{WORD, header, series_counts, slot};
use crate::storage::heap::Heap;
use crate::storage::shortage;
use crate::sync::{AtomicF64, Ordering};

/// Counts of a heap, for display.
#[derive(Clone, Debug, PartialEq)]
pub struct HeapInfo {
    /// How many segments there are.
    pub segments: u64,
    /// Bytes that have memory behind them.
    pub bytes: u64,
    /// Bytes that are allocated.
    pub used_bytes: u64,
    /// Series now.
    pub series: u64,
    /// Declarations so far.
    pub families: u64,
    /// Slots taken over from dead writers so far.
    pub adoptions: u64,
    /// Declarations that met a different one of the same name.
    pub conflicts: u64,
    /// Series that were dropped, for any reason.
    pub dropped_series: u64,
    /// Of these, how many for want of memory …
    pub dropped_full: u64,
    /// … how many because the label map was locked …
    pub dropped_busy: u64,
    /// … and how many because their family had reached its limit.
    pub dropped_limit: u64,
    /// Reads that were repeated because a writer had changed a cell meanwhile.
    pub retries: u64,
    /// Isolates with collectors that did not answer a scrape in time.
    pub unanswered: u64,
    /// When the heap was made, in seconds since the epoch.
    pub created: f64,
    /// All slots, in order.
    pub writers: Vec<WriterInfo>,
}

/// A slot, for display.
#[derive(Clone, Debug, PartialEq)]
pub struct WriterInfo {
    /// The number of the slot.
    pub slot: u32,
    /// Whether a writer holds it.
    pub live: bool,
    /// How many writers have held it.
    pub incarnation: u32,
    /// The last holder's process.
    pub pid: u32,
    /// The last holder's thread, 0 for the main one.
    pub thread: u32,
    /// When the last holder took it, seconds since the epoch.
    pub taken: f64,
}

/// The number of the registry with that key, for a [`super::Filter`]; `None` if no writer has made it.
///
/// ```
/// use mpmetrics_core::{HeapOptions, Writer, snapshot};
/// let writer = Writer::attach(&HeapOptions::default(), 0)?;
/// assert_eq!(snapshot::registry(writer.heap(), "default")?, None);
/// let number = writer.registry("default")?;
/// assert_eq!(snapshot::registry(writer.heap(), "default")?, Some(number));
/// # Ok::<(), mpmetrics_core::Error>(())
/// ```
pub fn registry(heap: &Heap, key: &str) -> Result<Option<u32>> {
    registries::find(&heap.words, key)
}

/// The keys of all registries of a heap, in the order of their numbers.
///
/// ```
/// use mpmetrics_core::{HeapOptions, Writer, snapshot};
/// let writer = Writer::attach(&HeapOptions::default(), 0)?;
/// writer.registry("default")?;
/// assert_eq!(snapshot::registries(writer.heap())?, ["default"]);
/// # Ok::<(), mpmetrics_core::Error>(())
/// ```
pub fn registries(heap: &Heap) -> Result<Vec<String>> {
    registries::keys(&heap.words)
}

/// The counts of a heap.
pub fn info(heap: &Heap) -> Result<HeapInfo> {
    of(heap, &SlotView::all(&heap.words)?)
}

/// The counts of a heap whose slots were read before.
pub(super) fn of(heap: &Heap, slots: &[SlotView]) -> Result<HeapInfo> {
    let words = &heap.words;
    let writers = (0u32..)
        .zip(slots)
        .map(|(number, view)| {
            Ok(WriterInfo {
                slot: number,
                live: view.live,
                incarnation: view.incarnation,
                pid: view.process.pid as u32,
                thread: words.load(view.at + slot::THREAD)? as u32,
                // Relaxed: for display.
                taken: words
                    .word(view.at + slot::TAKEN)?
                    .load_f64(Ordering::Relaxed),
            })
        })
        .collect::<Result<Vec<_>>>()?;
    let dropped_full = shortage::dropped(words, Shortage::Full)?;
    let dropped_busy = shortage::dropped(words, Shortage::Busy)?;
    let dropped_limit = shortage::dropped(words, Shortage::Limit)?;
    Ok(HeapInfo {
        segments: words.load(header::SEGMENTS)?,
        bytes: words.backed_bytes()?,
        used_bytes: words.load(header::USED)?.saturating_mul(WORD as u64),
        series: series_counts(words.load(header::SERIES_LIVE)?).0.into(),
        families: words.load(header::FAMILY_COUNT)?,
        adoptions: words.load(header::ADOPTIONS)?,
        conflicts: words.load(header::CONFLICTS)?,
        dropped_series: [dropped_full, dropped_busy, dropped_limit]
            .into_iter()
            .fold(0, u64::saturating_add),
        dropped_full,
        dropped_busy,
        dropped_limit,
        retries: words.load(header::RETRIES)?,
        unanswered: words.load(header::UNANSWERED)?,
        created: words.load_f64(header::CREATED)?,
        writers,
    })
}
