//! The table of series: which numbers belong to which series.
//!
//! ```text
//! number -> record (family, labels) and generation, in one word
//! ```
//!
//! The generation of a series number grows whenever the number changes hands or the series starts from zero. The word in the table is the one
//! truth about it: a cell counts if it was bound to the generation that stands there.

mod changing;
mod record;

pub(crate) use changing::{
    create_series, discard_unless, end_claim, remove_series, remove_unless, replace_series,
    restart_series,
};
pub(crate) use record::Record;

use crate::catalog::declarations;
use crate::catalog::label_map;
use crate::error::{Error, Result};
use crate::layout::{Place, directory, family, header, journal, series};
use crate::model::labels::Labels;
use crate::storage::heap::Heap;
use crate::storage::map_lock::Exclusive;
use crate::storage::table;
use crate::sync::{AtomicU64, Ordering, fence};

/// Marks an entry of the table of series that is free; below it, the next free number plus 1.
const FREE: u32 = 1 << 31;

/// Marks the word of a series while the holder of the lock looks whether any writer needs it.
///
/// Writer and remover each store first and look second, with a sequentially consistent fence between: the writer stores
/// its binding and looks at this word, the remover stores the mark and looks at the bindings. So no series goes under a
/// writer that has just bound it. A writer that finds the mark waits for the lock.
const CLAIMED: u64 = 1 << 63;

/// A series as the table has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SeriesEntry {
    pub record: Place,
    pub generation: u32,
}

impl SeriesEntry {
    fn of(word: u64) -> SeriesEntry {
        SeriesEntry {
            record: word as u32,
            generation: (word >> 32) as u32 & directory::GENERATIONS,
        }
    }

    /// What is in a word of the table.
    pub fn look(word: &AtomicU64) -> SeriesEntry {
        // Acquire: the record is there before its place.
        SeriesEntry::of(word.load(Ordering::Acquire))
    }

    /// Whether the word of the table has stayed as it was while the series was read.
    pub fn is_unchanged(self, word: &AtomicU64) -> bool {
        // Acquire fence: if anything that was read is newer than this entry, this look finds the change.
        fence(Ordering::Acquire);
        SeriesEntry::look(word) == self
    }

    fn word(self) -> u64 {
        u64::from(self.generation) << 32 | u64::from(self.record)
    }

    /// Whether the number belongs to a series now.
    pub fn is_live(self) -> bool {
        self.record & FREE == 0 && self.record != 0
    }

    fn next_generation(self) -> u32 {
        // 0 says "not bound".
        ((self.generation + 1) & directory::GENERATIONS).max(1)
    }
}

/// The word of series `number` in the table.
pub(crate) fn series_word(heap: &Heap, number: u32) -> Result<&AtomicU64> {
    let entry = table::entry(heap, header::SERIES_TABLE, number)?;
    heap.word(entry.ok_or(Error::Corrupt {
        what: "a series is missing from its table",
    })?)
}

/// Series `number` as the table has it.
pub(crate) fn series_entry(heap: &Heap, number: u32) -> Result<SeriesEntry> {
    Ok(SeriesEntry::look(series_word(heap, number)?))
}

/// What a writer finds that has just stored its binding of a series.
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
pub(crate) fn is_bound_to(heap: &Heap, number: u32, entry: SeriesEntry) -> Result<Bound> {
    // One look: between two, the claim could become a removal. Acquire: the record is there before its place.
    let word = series_word(heap, number)?.load(Ordering::Acquire);
    Ok(if SeriesEntry::of(word) != entry {
        Bound::No
    } else if word & CLAIMED != 0 {
        Bound::Claimed
    } else {
        Bound::Yes
    })
}

/// The table of series as far as it went when this was made.
pub(crate) struct Entries<'heap> {
    pages: Vec<&'heap [AtomicU64]>,
    count: u32,
}

impl<'heap> Entries<'heap> {
    pub fn of(heap: &'heap Heap) -> Result<Self> {
        let count = table::count(heap, header::SERIES_COUNT)?;
        let pages = table::pages(heap, header::SERIES_TABLE, count)?;
        Ok(Entries { pages, count })
    }

    /// How many numbers there are.
    pub fn count(&self) -> u32 {
        self.count
    }

    /// All words, page by page, with the number of the first of each page.
    pub fn pages(&self) -> impl Iterator<Item = (u32, &'heap [AtomicU64])> {
        let mut first = 0;
        self.pages.iter().map(move |page| {
            let left = (self.count - first) as usize;
            // The last page has room for more than there are.
            let found = (first, &page[..page.len().min(left)]);
            first += found.1.len() as u32;
            found
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

/// The number of a series, from its record.
fn number_of(heap: &Heap, record: Place) -> Result<u32> {
    Ok(heap.load(record + series::NUMBER)? as u32)
}

/// The series with these labels: its number and entry.
///
/// Looks without the lock first; what it finds is right, since the table confirms it. When it finds nothing, or meets a
/// change in progress, `None`.
pub(crate) fn find_series(heap: &Heap, family: u32, labels: &Labels) -> Option<(u32, SeriesEntry)> {
    let record = label_map::find(heap, family, labels).ok()??;
    confirm(heap, family, labels, record)
}

/// What the table says of the record that the label map leads to, unless that is changing.
fn confirm(heap: &Heap, family: u32, labels: &Labels, record: Place) -> Option<(u32, SeriesEntry)> {
    let number = number_of(heap, record).ok()?;
    if u64::from(number) >= heap.load(header::SERIES_COUNT).ok()? {
        return None;
    }
    let entry = series_entry(heap, number).ok()?;
    // The entry was read after the record: were the record another series' by now, the entry would lead elsewhere, or the labels
    // would differ on a second look.
    let again = label_map::find(heap, family, labels).ok()??;
    (entry.record == record && again == record && entry == series_entry(heap, number).ok()?)
        .then_some((number, entry))
}

/// The series with these labels, made if it is new, unless the family has `limit` of them.
pub(crate) fn series_or_new(
    heap: &Heap,
    family: u32,
    labels: &Labels,
    limit: u32,
) -> Result<(u32, SeriesEntry)> {
    // Acquire, in `load`: what is looked at below is no older than the last change that the journal has seen.
    let seen = heap.load(header::JOURNAL + journal::SEQUENCE)?;
    let found = label_map::find(heap, family, labels);
    if let Ok(Some(record)) = found
        && let Some(confirmed) = confirm(heap, family, labels, record)
    {
        return Ok(confirmed);
    }
    let family_record = declarations::record(heap, family)?;
    // Before the lock is taken too: a label that explodes must not keep others from it.
    check_limit(heap, family_record, limit)?;
    let mut exclusive = heap.map_lock.acquire(heap)?;
    // Every change moves the journal on. Where none has, what was not there is not there now.
    let is_missing =
        matches!(found, Ok(None)) && heap.load(header::JOURNAL + journal::SEQUENCE)? == seen;
    if !is_missing && let Some(record) = label_map::find(heap, family, labels)? {
        let number = number_of(heap, record)?;
        let entry = series_entry(heap, number)?;
        if entry.record != record {
            return Err(Error::Corrupt {
                what: "the label map leads to a series that is not in the table",
            });
        }
        return Ok((number, entry));
    }
    create_series(&mut exclusive, family, labels, limit, 0)
}

fn check_limit(heap: &Heap, family_record: Place, limit: u32) -> Result<()> {
    if heap.load(family_record + family::SERIES)? < u64::from(limit) {
        Ok(())
    } else {
        Err(Error::Limit { limit })
    }
}

/// The labels of a series. The caller holds the lock, or validates the generation afterwards.
pub(crate) fn labels_of(heap: &Heap, entry: SeriesEntry) -> Result<Labels> {
    let mut text = String::new();
    Record::at(heap, entry.record)?.read_text(&mut text)?;
    Ok(Labels::parse(&text))
}

/// The numbers and entries of all series of a family that are there throughout the walk.
pub(crate) fn series_of(heap: &Heap, family: u32) -> Result<Vec<(u32, SeriesEntry)>> {
    walk(heap, family, u64::MAX)
}

/// The same for the holder of the lock. Nobody makes series meanwhile, so the walk ends at the last one of the family.
pub(crate) fn series_under_lock(
    exclusive: &Exclusive,
    family: u32,
) -> Result<Vec<(u32, SeriesEntry)>> {
    let heap = exclusive.heap;
    let all = heap.load(declarations::record(heap, family)? + family::SERIES)?;
    walk(heap, family, all)
}

fn walk(heap: &Heap, family: u32, most: u64) -> Result<Vec<(u32, SeriesEntry)>> {
    let mut found = Vec::new();
    for number in 0..table::count(heap, header::SERIES_COUNT)? {
        if found.len() as u64 >= most {
            break;
        }
        let entry = series_entry(heap, number)?;
        if entry.is_live() && (heap.load(entry.record + series::NUMBER)? >> 32) as u32 == family {
            found.push((number, entry));
        }
    }
    Ok(found)
}
