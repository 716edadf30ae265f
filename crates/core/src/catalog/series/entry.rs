//! The table of series: one word for each number, with the record and the generation of the series.
//!
//! The generation of a number grows when the number is given to another series, and when its series starts from zero. A cell
//! counts if it is bound to the generation that stands in the table.

use crate::error::{Error, Result};
use crate::layout::{Place, directory, header};
use crate::storage::table;
use crate::storage::words::Words;
use crate::sync::{AtomicU64, Ordering, fence};

/// A reader gives up on a series that changes this often while it is read.
pub(crate) const TRIES: u64 = 1000;

/// Marks an entry of the table of series that is free; below it, the next free number plus 1.
pub(super) const FREE: u32 = 1 << 31;

/// Marks the word of a series while the holder of the lock checks whether a writer needs the series.
///
/// Writer and remover each store first and look second, with a sequentially consistent fence between. The writer stores its
/// binding and looks at this word. The remover stores the mark and looks at the bindings. So no series is removed under a
/// writer that has just bound it. A writer that finds the mark waits for the lock.
pub(super) const CLAIMED: u64 = 1 << 63;

/// A series as the table has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SeriesEntry {
    pub record: Place,
    pub generation: u32,
}

impl SeriesEntry {
    pub(super) fn of(word: u64) -> SeriesEntry {
        SeriesEntry {
            record: word as u32,
            generation: (word >> 32) as u32 & directory::GENERATIONS,
        }
    }

    /// The entry in a word of the table.
    pub fn look(word: &AtomicU64) -> SeriesEntry {
        // Acquire: a reader that finds the place also finds the record.
        SeriesEntry::of(word.load(Ordering::Acquire))
    }

    /// Whether the word in the table still has this entry, after something of the series was read. Otherwise what was read is
    /// no copy of one series, and is read again: up to [`TRIES`] times.
    #[inline]
    pub fn is_still_in(self, word: &AtomicU64) -> bool {
        // Acquire fence: if anything that was read is newer than the entry, this look finds the change.
        fence(Ordering::Acquire);
        SeriesEntry::look(word) == self
    }

    pub(super) fn word(self) -> u64 {
        u64::from(self.generation) << 32 | u64::from(self.record)
    }

    /// Whether the number belongs to a series now.
    pub fn is_live(self) -> bool {
        self.record & FREE == 0 && self.record != 0
    }

    pub(super) fn next_generation(self) -> u32 {
        // 0 means "not bound".
        ((self.generation + 1) & directory::GENERATIONS).max(1)
    }
}

/// The word of series `number` in the table.
pub(crate) fn series_word(words: &Words, number: u32) -> Result<&AtomicU64> {
    let entry = table::entry(words, header::SERIES_TABLE, number)?;
    words.word(entry.ok_or(Error::Corrupt {
        what: "a series is missing from its table",
    })?)
}

/// Series `number` as the table has it.
pub(super) fn series_entry(words: &Words, number: u32) -> Result<SeriesEntry> {
    Ok(SeriesEntry::look(series_word(words, number)?))
}

/// The state of a series for a writer that has just stored its binding.
#[derive(PartialEq)]
pub(crate) enum Bound {
    /// The binding counts.
    Yes,
    /// The series has ended.
    No,
    /// The holder of the lock removes the series now unless a writer needs it.
    Claimed,
}

/// Whether the binding of series `number` counts that the caller has stored before a sequentially consistent fence.
pub(crate) fn is_bound_to(words: &Words, number: u32, entry: SeriesEntry) -> Result<Bound> {
    // One look: between two, the claim could become a removal. Acquire: a writer that finds the place also finds the record.
    let word = series_word(words, number)?.load(Ordering::Acquire);
    Ok(if SeriesEntry::of(word) != entry {
        Bound::No
    } else if word & CLAIMED != 0 {
        Bound::Claimed
    } else {
        Bound::Yes
    })
}

/// The table of series, up to its length at the beginning of a scrape.
pub(crate) struct Entries<'heap> {
    pages: Vec<&'heap [AtomicU64]>,
    count: u32,
}

impl<'heap> Entries<'heap> {
    pub fn of(words: &'heap Words) -> Result<Self> {
        let count = table::count(words, header::SERIES_COUNT)?;
        let pages = table::pages(words, header::SERIES_TABLE, count)?;
        Ok(Entries { pages, count })
    }

    /// The count of numbers.
    pub fn count(&self) -> u32 {
        self.count
    }

    /// All words, page by page, with the number of the first of each page.
    pub fn pages(&self) -> impl DoubleEndedIterator<Item = (u32, &'heap [AtomicU64])> {
        self.pages.iter().enumerate().map(|(index, page)| {
            let first = table::first_of_page(index as u32);
            // The last page may be longer than its part of the table.
            let left = (self.count - first) as usize;
            (first, &page[..page.len().min(left)])
        })
    }

    /// As [`series_word`], without a search for the page.
    pub fn word(&self, number: u32) -> Result<&'heap AtomicU64> {
        let (page, index) = table::locate(number)?;
        let page = self.pages.get(page as usize);
        page.and_then(|page| page.get(index as usize))
            .ok_or(Error::Corrupt {
                what: "a series is missing from its table",
            })
    }
}
