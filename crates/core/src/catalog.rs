//! The catalog: registries, families and series, and what changes them.
//!
//! ```text
//! table of registries:  number -> record (key)
//! table of families:    number -> record (declaration)
//! table of series:      number -> record (family, labels) and generation, in one word
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
use std::sync::Arc;

/// Marks an entry of the table of series that is free; below it, the next free number plus 1.
const FREE: u32 = 1 << 31;

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

/// How many numbers of a table are in use or were.
pub(crate) fn count(heap: &Heap, count: Place) -> Result<u32> {
    // The bound is generous, and keeps a corrupt count from being looped over for ever.
    u32::try_from(heap.load(count)?)
        .ok()
        .filter(|count| *count < FREE)
        .ok_or(Error::Corrupt {
            what: "a table is longer than it can be",
        })
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
    let record = allocate(&mut transaction, words)?;
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
        None => {
            let number = transaction.get(header::SERIES_COUNT)? as u32;
            table::entry_or_page(transaction, Allocator::HEAP, header::SERIES_TABLE, number)?;
            number
        }
    };
    let place = entry_place(transaction, number)?;
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

fn entry_place(transaction: &mut Transaction, number: u32) -> Result<Place> {
    let place = table::entry_or_page(transaction, Allocator::HEAP, header::SERIES_TABLE, number)?;
    place.ok_or(Error::Full { bytes: 0 })
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
    let place = entry_place(&mut transaction, number)?;
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

/// Starts series `number` from zero: a new generation of the same series, created then.
pub(crate) fn restart_series(
    exclusive: &mut Exclusive,
    number: u32,
    entry: SeriesEntry,
    created: f64,
) -> Result<()> {
    let heap = exclusive.heap;
    if series_entry(heap, number)? != entry || !entry.is_live() {
        return Ok(());
    }
    let mut transaction = exclusive.transaction();
    let place = entry_place(&mut transaction, number)?;
    let restarted = SeriesEntry {
        generation: entry.next_generation(),
        ..entry
    };
    transaction.set(entry.record + series::SHARED, 0)?;
    transaction.set(entry.record + series::CREATED, created.to_bits())?;
    transaction.set(place, restarted.word())?;
    transaction.break_bindings(number, entry.generation);
    transaction.commit()
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

/// The numbers and entries of all series of a family, those first that were made first: numbers are used again.
pub(crate) fn series_by_age(heap: &Heap, family: u32) -> Result<Vec<(u32, SeriesEntry)>> {
    let mut aged = series_of(heap, family)?
        .into_iter()
        .map(|(number, entry)| {
            let created = heap.load_f64(entry.record + series::CREATED)?;
            Ok((created, (number, entry)))
        })
        .collect::<Result<Vec<_>>>()?;
    aged.sort_by(|(one, _), (other, _)| one.total_cmp(other));
    Ok(aged.into_iter().map(|(_, found)| found).collect())
}

/// The numbers and entries of all series of a family.
pub(crate) fn series_of(heap: &Heap, family: u32) -> Result<Vec<(u32, SeriesEntry)>> {
    let mut found = Vec::new();
    for number in 0..count(heap, header::SERIES_COUNT)? {
        let entry = series_entry(heap, number)?;
        if entry.is_live() && (heap.load(entry.record + series::NUMBER)? >> 32) as u32 == family {
            found.push((number, entry));
        }
    }
    Ok(found)
}

fn allocate(transaction: &mut Transaction, words: u32) -> Result<Place> {
    Allocator::HEAP
        .allocate(transaction, words)?
        .ok_or(Error::Full {
            bytes: u64::from(words) * WORD as u64,
        })
}

/// The number of the registry with that key, if there is one.
pub(crate) fn find_registry(heap: &Heap, key: &str) -> Result<Option<u32>> {
    for number in 0..count(heap, header::REGISTRY_COUNT)? {
        let entry = table::entry(heap, header::REGISTRY_TABLE, number)?;
        let record = heap.load_place(entry.ok_or(Error::Corrupt {
            what: "a registry is missing from its table",
        })?)?;
        let length = heap.load(record)? as usize;
        if length == key.len() {
            let mut bytes = Vec::new();
            heap.read_bytes(record + 1, length, &mut bytes)?;
            if bytes == key.as_bytes() {
                return Ok(Some(number));
            }
        }
    }
    Ok(None)
}

/// The number of the registry with that key, made if it is new.
pub(crate) fn registry(heap: &Heap, key: &str) -> Result<u32> {
    if let Some(number) = find_registry(heap, key)? {
        return Ok(number);
    }
    let mut exclusive = heap.map_lock.acquire(heap)?;
    if let Some(number) = find_registry(heap, key)? {
        return Ok(number);
    }
    let mut transaction = exclusive.transaction();
    let record = allocate(&mut transaction, 1 + key.len().div_ceil(WORD) as u32)?;
    heap.write_bytes(record + 1, key.as_bytes())?;
    transaction.set(record, key.len() as u64)?;
    let number = append(
        &mut transaction,
        header::REGISTRY_TABLE,
        header::REGISTRY_COUNT,
        record,
    )?;
    transaction.commit()?;
    Ok(number)
}

/// Puts a record at the end of a table.
fn append(transaction: &mut Transaction, table: Place, count: Place, record: Place) -> Result<u32> {
    let number = transaction.get(count)? as u32;
    let entry = table::entry_or_page(transaction, Allocator::HEAP, table, number)?;
    transaction.set(entry.ok_or(Error::Full { bytes: 0 })?, u64::from(record))?;
    transaction.set(count, u64::from(number) + 1)?;
    Ok(number)
}

/// What came of a declaration.
pub(crate) struct Declared {
    pub number: u32,
    /// Whether another declaration of the same name in one of the same registries was there.
    pub conflict: bool,
}

/// The family with that declaration, made if it is new.
pub(crate) fn declare(heap: &Heap, spec: &FamilySpec) -> Result<Declared> {
    spec.check()?;
    let encoded = spec.encode();
    let known = find_family(heap, spec, &encoded)?;
    if let (Some(number), conflict) = known {
        return Ok(Declared { number, conflict });
    }
    let mut exclusive = heap.map_lock.acquire(heap)?;
    let (number, conflict) = find_family(heap, spec, &encoded)?;
    if let Some(number) = number {
        return Ok(Declared { number, conflict });
    }
    let (identity, bytes) = encoded;
    let mut transaction = exclusive.transaction();
    let record = allocate(
        &mut transaction,
        family::TEXT + bytes.len().div_ceil(WORD) as u32,
    )?;
    transaction.set(record + family::HASH, spec.hash())?;
    transaction.set(record + family::SERIES, 0)?;
    transaction.set(
        record + family::LENGTH,
        (identity as u64) << 32 | bytes.len() as u64,
    )?;
    heap.write_bytes(record + family::TEXT, &bytes)?;
    if conflict {
        transaction.add(header::CONFLICTS, 1)?;
    }
    let number = append(
        &mut transaction,
        header::FAMILY_TABLE,
        header::FAMILY_COUNT,
        record,
    )?;
    transaction.commit()?;
    Ok(Declared { number, conflict })
}

/// The family with exactly that declaration, and whether there is a different one that it conflicts with.
fn find_family(
    heap: &Heap,
    spec: &FamilySpec,
    encoded: &(usize, Vec<u8>),
) -> Result<(Option<u32>, bool)> {
    let (mut conflict, mut bytes) = (false, Vec::new());
    for number in 0..count(heap, header::FAMILY_COUNT)? {
        let record = declaration::record(heap, number)?;
        if heap.load(record + family::HASH)? != spec.hash() {
            continue;
        }
        let identity = (heap.load(record + family::LENGTH)? >> 32) as usize;
        bytes.clear();
        heap.read_bytes(record + family::TEXT, identity, &mut bytes)?;
        if bytes == encoded.1[..encoded.0] {
            return Ok((Some(number), conflict));
        }
        let other: Arc<FamilySpec> = heap.declarations.get(heap, number)?;
        conflict |= other.name == spec.name
            && other
                .registries
                .iter()
                .any(|registry| spec.registries.contains(registry));
    }
    Ok((None, conflict))
}
