//! A slot as a scrape sees it, read once at the beginning.

use crate::error::{Error, Result};
use crate::layout::{Place, Shape, directory as entry, header, slot};
use crate::membership::lease::{self, Lease};
use crate::storage::directory;
use crate::storage::table;
use crate::storage::words::Words;
use crate::sync::{AtomicU64, Ordering};

/// A cell of a series: the index of its slot, and its words.
pub(super) type Cell<'heap> = (usize, &'heap [AtomicU64]);

/// A slot as a scrape sees it.
pub(super) struct SlotView<'heap> {
    pub at: Place,
    pub pid: u64,
    pub incarnation: u32,
    /// Whether a writer holds it, as far as the kernel knows.
    pub live: bool,
    /// Whether its gauges count: a writer holds it, or the heap is kept and no writer holds any slot.
    pub counts: bool,
    /// The leaf of the last series: series come in order, 64 to a leaf.
    leaf_number: u32,
    leaf: Option<&'heap Leaf>,
}

/// The words of a leaf of a directory.
type Leaf = [AtomicU64; (entry::LEAF_SERIES * entry::ENTRY_WORDS) as usize];

impl<'heap> SlotView<'heap> {
    /// All slots, in order.
    pub fn all(words: &'heap Words) -> Result<Vec<SlotView<'heap>>> {
        let mut slots = (0..table::count(words, header::SLOT_COUNT)?)
            .map(|number| SlotView::of(words, number))
            .collect::<Result<Vec<_>>>()?;
        // The page of a heap that is kept shows the last values of its writers.
        if words.load(header::KEEP)? != 0 && slots.iter().all(|slot| !slot.live) {
            slots.iter_mut().for_each(|slot| slot.counts = true);
        }
        Ok(slots)
    }

    fn of(words: &'heap Words, number: u32) -> Result<SlotView<'heap>> {
        let at = directory::slot_place(words, number)?;
        // The lease first. It may already belong to a new holder, for whom the last holder's gauges must not count.
        let live = lease::probe(words, number, at)? != Lease::Free;
        let incarnation = words.load(at + slot::INCARNATION)? as u32;
        let pid = words.load(at + slot::PID)?;
        Ok(SlotView {
            at,
            pid,
            incarnation,
            live,
            counts: live,
            leaf_number: u32::MAX,
            leaf: None,
        })
    }

    /// The generation word of the entry that this slot has for the last series; `None`: there is no leaf for it.
    pub fn generation_word(&self, number: u32) -> Option<&'heap AtomicU64> {
        let at = directory::offset(number) as usize;
        self.leaf.map(|leaf| &leaf[at + entry::GENERATION as usize])
    }

    /// The cell that this slot has bound to that generation of the series. It must have that shape.
    pub fn cell(
        &mut self,
        words: &'heap Words,
        number: u32,
        generation: u32,
        shape: Shape,
    ) -> Result<Option<&'heap [AtomicU64]>> {
        let leaf_number = number / entry::LEAF_SERIES;
        if self.leaf_number != leaf_number {
            self.leaf_number = leaf_number;
            self.leaf = match directory::leaf(words, self.at, number)? {
                Some(leaf) => Some(words.block(leaf)?),
                None => None,
            };
        }
        let Some(leaf) = self.leaf else {
            return Ok(None);
        };
        let at = directory::offset(number) as usize;
        // Acquire: a reader that finds the generation also finds the cell.
        let word = leaf[at + entry::GENERATION as usize].load(Ordering::Acquire);
        if directory::generation_of(word) != generation {
            return Ok(None);
        }
        let cell = leaf[at + entry::CELL as usize].load(Ordering::Relaxed);
        let (place, found) = entry::cell_of(cell);
        if found != shape {
            return Err(Error::Corrupt {
                what: "a cell has another size than its family",
            });
        }
        words.slice(place, shape.words).map(Some)
    }
}
