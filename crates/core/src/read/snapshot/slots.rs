//! A slot as a scrape sees it: looked at once, when the scrape begins.

use crate::error::{Error, Result};
use crate::layout::{Place, Shape, directory as entry, header, slot};
use crate::membership::lease::{self, Lease};
use crate::storage::directory;
use crate::storage::table;
use crate::storage::words::Words;
use crate::sync::{AtomicU64, Ordering};

/// A slot as a scrape sees it.
pub(super) struct SlotView<'heap> {
    pub at: Place,
    pub pid: u64,
    pub incarnation: u32,
    /// Whether its holder is alive, as far as the kernel knows.
    pub live: bool,
    /// The leaf for the series that was looked at last: series come in order, 64 to a leaf.
    leaf_number: u32,
    leaf: Option<&'heap Leaf>,
}

/// The words of a leaf of a directory.
type Leaf = [AtomicU64; (entry::LEAF_SERIES * entry::ENTRY_WORDS) as usize];

impl<'heap> SlotView<'heap> {
    /// All slots, in order.
    pub fn all(words: &'heap Words) -> Result<Vec<SlotView<'heap>>> {
        (0..table::count(words, header::SLOT_COUNT)?)
            .map(|number| SlotView::of(words, number))
            .collect()
    }

    fn of(words: &'heap Words, number: u32) -> Result<SlotView<'heap>> {
        let at = directory::slot_place(words, number)?;
        // The lease first: it may be that of a new holder already, for whom the gauges of the last one must not count.
        let live = lease::probe(words, number, at)? != Lease::Free;
        let incarnation = words.load(at + slot::INCARNATION)? as u32;
        let pid = words.load(at + slot::PID)?;
        Ok(SlotView {
            at,
            pid,
            incarnation,
            live,
            leaf_number: u32::MAX,
            leaf: None,
        })
    }

    /// The cell that this slot has bound to that generation of the series, which must be of that shape.
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
        // Acquire: the cell is there before the generation that makes it count.
        if leaf[at + entry::GENERATION as usize].load(Ordering::Acquire) as u32 != generation {
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
