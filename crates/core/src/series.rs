//! The table of series: which numbers belong to which series, and what changes that.
//!
//! ```text
//! number -> record (family, labels) and generation, in one word
//! ```
//!
//! The generation of a series number grows whenever the number changes hands or the series starts from zero. The word in the table is the one
//! truth about it: a cell counts if it was bound to the generation that stands there.

use crate::allocator::Allocator;
use crate::declaration::{self, FamilySpec};
use crate::error::{Error, Result};
use crate::heap::{Heap, now};
use crate::journal::Transaction;
use crate::label_map;
use crate::labels::Labels;
use crate::layout::{Place, WORD, family, header, series};
use crate::map_lock::Exclusive;
use crate::shortage;
use crate::sync::{AtomicU64, Ordering};
use crate::table;

/// Marks an entry of the table of series that is free; below it, the next free number plus 1.
const FREE: u32 = table::LONGEST;

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
            generation: (word >> 32) as u32,
        }
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
        self.generation.wrapping_add(1).max(1)
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
    // Acquire: the record is there before its place.
    Ok(SeriesEntry::of(
        series_word(heap, number)?.load(Ordering::Acquire),
    ))
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
    if let Some(found) = find_series(heap, family, labels) {
        return Ok(found);
    }
    // Before the lock is taken too: a label that explodes must not keep others from it.
    check_limit(heap, family, limit)?;
    let mut exclusive = heap.map_lock.acquire(heap)?;
    if let Some(record) = label_map::find(heap, family, labels)? {
        let number = number_of(heap, record)?;
        return Ok((number, series_entry(heap, number)?));
    }
    check_limit(heap, family, limit)?;
    create_series(&mut exclusive, family, labels)
}

fn check_limit(heap: &Heap, family: u32, limit: u32) -> Result<()> {
    let count = heap.load(declaration::record(heap, family)? + family::SERIES)?;
    if count < u64::from(limit) {
        Ok(())
    } else {
        Err(Error::Limit { limit })
    }
}

fn create_series(
    exclusive: &mut Exclusive,
    family: u32,
    labels: &Labels,
) -> Result<(u32, SeriesEntry)> {
    let heap = exclusive.heap;
    let family_record = declaration::record(heap, family)?;
    let mut transaction = exclusive.transaction();
    let text = labels.text().as_bytes();
    let words = series::TEXT + text.len().div_ceil(WORD) as u32;
    let record = Allocator::allocate_in_heap(&mut transaction, words)?;
    let hash = labels.hash(family);
    let link = label_map::insert(&mut transaction, record, hash, text.len() as u32)?;
    let (number, entry) = take_number(&mut transaction, record)?;
    transaction.add(header::SERIES_LIVE, 1)?;
    transaction.add(family_record + family::SERIES, 1)?;
    // The first word goes through the journal, the rest directly: see journal.rs.
    transaction.set(
        record + series::NUMBER,
        u64::from(family) << 32 | u64::from(number),
    )?;
    let block = heap.words(record, series::TEXT)?;
    let fields = [
        (series::HASH, hash),
        (series::NEXT_AND_LENGTH, link),
        (series::CREATED, now().to_bits()),
        (series::SHARED, 0),
    ];
    for (word, value) in fields {
        // Relaxed: published by the commit.
        block[word as usize].store(value, Ordering::Relaxed);
    }
    heap.write_bytes(record + series::TEXT, text)?;
    transaction.commit()?;
    Ok((number, entry))
}

/// A number for a new series, and its entry.
fn take_number(transaction: &mut Transaction, record: Place) -> Result<(u32, SeriesEntry)> {
    let free = transaction.get(header::FREE_SERIES)? as u32;
    let number = match free.checked_sub(1) {
        Some(number) => number,
        None => transaction.get(header::SERIES_COUNT)? as u32,
    };
    let place = table::heap_entry(transaction, header::SERIES_TABLE, number)?;
    let old = SeriesEntry::of(transaction.get(place)?);
    let entry = SeriesEntry {
        record,
        generation: old.next_generation(),
    };
    if free == 0 {
        transaction.set(place, entry.word())?;
        transaction.add(header::SERIES_COUNT, 1)?;
    } else {
        transaction.set(header::FREE_SERIES, u64::from(old.record & !FREE))?;
        transaction.set(place, entry.word())?;
    }
    Ok((number, entry))
}

/// Removes series `number`, if it still is the one that `entry` says: for all writers, and its memory with it.
pub(crate) fn remove_series(
    exclusive: &mut Exclusive,
    number: u32,
    entry: SeriesEntry,
) -> Result<bool> {
    let heap = exclusive.heap;
    if series_entry(heap, number)? != entry || !entry.is_live() {
        return Ok(false);
    }
    let family_number = (heap.load(entry.record + series::NUMBER)? >> 32) as u32;
    let family_record = declaration::record(heap, family_number)?;
    let length = heap.load(entry.record + series::NEXT_AND_LENGTH)? as u32;
    let mut transaction = exclusive.transaction();
    let free = transaction.get(header::FREE_SERIES)? as u32;
    let place = table::heap_entry(&mut transaction, header::SERIES_TABLE, number)?;
    let freed = SeriesEntry {
        record: FREE | free,
        generation: entry.next_generation(),
    };
    // First of all, so that a reader that meets the rest finds another generation.
    transaction.set(place, freed.word())?;
    label_map::remove(&mut transaction, entry.record)?;
    transaction.set(header::FREE_SERIES, u64::from(number) + 1)?;
    transaction.add(header::SERIES_LIVE, -1)?;
    transaction.add(family_record + family::SERIES, -1)?;
    Allocator::HEAP.free(
        &mut transaction,
        entry.record,
        series::TEXT + length.div_ceil(WORD as u32),
    )?;
    transaction.break_bindings(number, entry.generation);
    transaction.commit()?;
    shortage::end(heap)?;
    Ok(true)
}

/// Starts series `number` from zero: a new generation of the same series, which keeps its place among the others.
pub(crate) fn restart_series(
    exclusive: &mut Exclusive,
    spec: &FamilySpec,
    number: u32,
    entry: SeriesEntry,
) -> Result<bool> {
    let heap = exclusive.heap;
    if series_entry(heap, number)? != entry || !entry.is_live() {
        return Ok(false);
    }
    let mut transaction = exclusive.transaction();
    let place = table::heap_entry(&mut transaction, header::SERIES_TABLE, number)?;
    let restarted = SeriesEntry {
        generation: entry.next_generation(),
        ..entry
    };
    let (word, value) = if spec.is_shared() {
        (series::SHARED, 0.0)
    } else {
        (series::RESTARTED, now())
    };
    transaction.set(entry.record + word, value.to_bits())?;
    transaction.set(place, restarted.word())?;
    transaction.break_bindings(number, entry.generation);
    transaction.commit()?;
    Ok(true)
}

/// The labels of a series. The caller holds the lock, or validates the generation afterwards.
pub(crate) fn labels_of(heap: &Heap, entry: SeriesEntry) -> Result<Labels> {
    let length = heap.load(entry.record + series::NEXT_AND_LENGTH)? as u32;
    let mut text = Vec::new();
    heap.read_bytes(entry.record + series::TEXT, length as usize, &mut text)?;
    let text = String::from_utf8(text).map_err(|_| Error::Corrupt {
        what: "a label text is no UTF-8",
    })?;
    Ok(Labels::parse(&text))
}

/// The numbers and entries of all series of a family.
pub(crate) fn series_of(heap: &Heap, family: u32) -> Result<Vec<(u32, SeriesEntry)>> {
    let mut found = Vec::new();
    for number in 0..table::count(heap, header::SERIES_COUNT)? {
        let entry = series_entry(heap, number)?;
        if entry.is_live() && (heap.load(entry.record + series::NUMBER)? >> 32) as u32 == family {
            found.push((number, entry));
        }
    }
    Ok(found)
}
