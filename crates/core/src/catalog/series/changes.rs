//! Changes of the table of series. Each is one entry of the journal, so no reader sees half of it.

use super::entry::{CLAIMED, FREE, SeriesEntry, series_entry, series_word};
use super::record::Record;
use crate::catalog::families;
use crate::catalog::label_map;
use crate::clock::now;
use crate::error::{Error, Result, SeriesLimit};
use crate::layout::{Place, WORD, family, header, series, series_count, series_counts};
use crate::model::declaration::FamilySpec;
use crate::model::labels::{Labels, is_overflow};
use crate::os::options::Limits;
use crate::storage::allocator::Allocator;
use crate::storage::growing_table;
use crate::storage::journal::Transaction;
use crate::storage::lock::Exclusive;
use crate::storage::shortage;
use crate::storage::words::Words;
use crate::sync::{Ordering, fence};

/// Makes a series with these labels, which no series has, unless a limit is reached. `shared` holds the bits of the value that
/// all writers share.
pub(crate) fn create_series(
    exclusive: &mut Exclusive,
    family: u32,
    labels: &Labels,
    limits: Limits,
    shared: u64,
) -> Result<(u32, SeriesEntry)> {
    let family_record = families::record(exclusive.words, family)?;
    check_limits(exclusive.words, family_record, labels, limits)?;
    let count = series_count(labels.are_overflow());
    let mut transaction = exclusive.transaction();
    let record = add_record(&mut transaction, family, labels, shared, now())?;
    let (number, entry) = take_number(&mut transaction, record, family)?;
    transaction.add(header::SERIES_LIVE, count)?;
    transaction.add(family_record + family::SERIES, count)?;
    transaction.commit()?;
    Ok((number, entry))
}

/// Whether one more series may be made, in its family and in the heap. No limit holds for an overflow series.
pub(super) fn check_limits(
    words: &Words,
    family_record: Place,
    labels: &Labels,
    limits: Limits,
) -> Result<()> {
    for (place, series, of_heap) in [
        (family_record + family::SERIES, limits.family, false),
        (header::SERIES_LIVE, limits.heap, true),
    ] {
        let (count, _) = series_counts(words.load(place)?);
        if count >= series && !labels.are_overflow() {
            return Err(Error::Limit(SeriesLimit { series, of_heap }));
        }
    }
    Ok(())
}

fn number_word(family: u32, number: u32) -> u64 {
    u64::from(family) << 32 | u64::from(number)
}

/// A record in the label map. Its first word, the number, is left to the caller.
fn add_record(
    transaction: &mut Transaction,
    family: u32,
    labels: &Labels,
    shared: u64,
    created: f64,
) -> Result<Place> {
    let text = labels.text().as_bytes();
    let words = series::TEXT + text.len().div_ceil(WORD) as u32;
    let record = Allocator::allocate_in_heap(transaction, words)?;
    let hash = labels.hash(transaction.words().key()?, family);
    let link = label_map::insert(transaction, record, hash, text.len() as u32)?;
    // The first word goes through the journal, the others directly: see `storage/journal.rs`.
    let block = transaction.words().slice(record, series::TEXT)?;
    let fields = [
        (series::HASH, hash),
        (series::NEXT_AND_LENGTH, link),
        (series::CREATED, created.to_bits()),
        (series::SHARED, shared),
    ];
    for (word, value) in fields {
        // Relaxed: published by the commit.
        block[word as usize].store(value, Ordering::Relaxed);
    }
    transaction
        .words()
        .write_bytes(record + series::TEXT, text)?;
    Ok(record)
}

/// Removes a record from the label map, and frees its memory.
fn drop_record(transaction: &mut Transaction, record: Place) -> Result<()> {
    label_map::remove(transaction, record)?;
    let length = transaction.get(record + series::NEXT_AND_LENGTH)? as u32;
    let words = series::TEXT + length.div_ceil(WORD as u32);
    Allocator::Heap.free(transaction, record, words)
}

/// A number for a new series of a family, and its entry.
fn take_number(
    transaction: &mut Transaction,
    record: Place,
    family: u32,
) -> Result<(u32, SeriesEntry)> {
    let free = transaction.get(header::FREE_SERIES)? as u32;
    let number = match free.checked_sub(1) {
        Some(number) => number,
        None => transaction.get(header::SERIES_COUNT)? as u32,
    };
    let place = growing_table::heap_entry(transaction, header::SERIES_TABLE, number)?;
    let old = SeriesEntry::of(transaction.get(place)?);
    let entry = SeriesEntry {
        record,
        generation: old.next_generation(),
    };
    // Set before the table leads to the record. A reader would otherwise take it for a record of family 0.
    transaction.set(record + series::NUMBER, number_word(family, number))?;
    if free == 0 {
        transaction.set(place, entry.word())?;
        transaction.add(header::SERIES_COUNT, 1)?;
    } else {
        transaction.set(header::FREE_SERIES, u64::from(old.record & !FREE))?;
        transaction.set(place, entry.word())?;
    }
    Ok((number, entry))
}

/// Removes series `number` for all writers and frees its memory, if the table still has this entry.
pub(crate) fn remove_series(
    exclusive: &mut Exclusive,
    number: u32,
    entry: SeriesEntry,
) -> Result<bool> {
    let removed = discard_series(exclusive, number, entry)?;
    if removed {
        shortage::end(exclusive.words)?;
    }
    Ok(removed)
}

/// As [`remove_series`], unless a writer needs the series.
pub(crate) fn remove_unless(
    exclusive: &mut Exclusive,
    number: u32,
    entry: SeriesEntry,
    is_needed: impl Fn(&Words) -> Result<bool>,
) -> Result<bool> {
    let removed = discard_unless(exclusive, number, entry, is_needed)?;
    if removed {
        shortage::end(exclusive.words)?;
    }
    Ok(removed)
}

/// As [`remove_unless`], for a series that could not be bound: dropped series do not try again for that.
pub(crate) fn discard_unless(
    exclusive: &mut Exclusive,
    number: u32,
    entry: SeriesEntry,
    is_needed: impl Fn(&Words) -> Result<bool>,
) -> Result<bool> {
    if !claim(exclusive, number, entry)? {
        return Ok(false);
    }
    match is_needed(exclusive.words) {
        Ok(false) => discard_series(exclusive, number, entry),
        needed => {
            end_claim(exclusive, number)?;
            needed.map(|_| false)
        }
    }
}

/// Gives series `number` other labels, which no series has, unless other writers need the series. The generation stays, so
/// bindings hold. Returns whether the series has these labels now.
pub(crate) fn rename_unless(
    exclusive: &mut Exclusive,
    number: u32,
    entry: SeriesEntry,
    labels: &Labels,
    is_needed: impl Fn(&Words) -> Result<bool>,
) -> Result<bool> {
    if !claim(exclusive, number, entry)? {
        return Ok(false);
    }
    let renamed = match is_needed(exclusive.words) {
        Ok(false) => rename(exclusive, number, entry, labels).map(|()| true),
        needed => needed.map(|_| false),
    };
    end_claim(exclusive, number)?;
    renamed
}

fn rename(
    exclusive: &mut Exclusive,
    number: u32,
    entry: SeriesEntry,
    labels: &Labels,
) -> Result<()> {
    let mut transaction = exclusive.transaction();
    let family = (transaction.get(entry.record + series::NUMBER)? >> 32) as u32;
    let created = f64::from_bits(transaction.get(entry.record + series::CREATED)?);
    let shared = transaction.get(entry.record + series::SHARED)?;
    let record = add_record(&mut transaction, family, labels, shared, created)?;
    transaction.set(record + series::NUMBER, number_word(family, number))?;
    let place = growing_table::heap_entry(&mut transaction, header::SERIES_TABLE, number)?;
    transaction.set(place, SeriesEntry { record, ..entry }.word())?;
    drop_record(&mut transaction, entry.record)?;
    transaction.commit()
}

/// Marks a series, so that a writer that binds it now waits for the lock. `false`: the table has another entry by now.
fn claim(exclusive: &Exclusive, number: u32, entry: SeriesEntry) -> Result<bool> {
    let word = series_word(exclusive.words, number)?;
    if SeriesEntry::look(word) != entry || !entry.is_live() {
        return Ok(false);
    }
    // Relaxed: the fence orders the mark and the look at the bindings.
    word.store(entry.word() | CLAIMED, Ordering::Relaxed);
    fence(Ordering::SeqCst);
    Ok(true)
}

/// Removes the mark of this holder of the lock, or of one that died.
pub(crate) fn end_claim(exclusive: &Exclusive, number: u32) -> Result<()> {
    let word = series_word(exclusive.words, number)?;
    // Relaxed: only holders of the lock store this word.
    let found = word.load(Ordering::Relaxed);
    if found & CLAIMED != 0 {
        // Release: the word still leads to the record.
        word.store(found & !CLAIMED, Ordering::Release);
    }
    Ok(())
}

/// As [`remove_series`], without the notice that there is room again.
fn discard_series(exclusive: &mut Exclusive, number: u32, entry: SeriesEntry) -> Result<bool> {
    let freed = renew(exclusive, number, entry, |transaction| {
        let family = (transaction.get(entry.record + series::NUMBER)? >> 32) as u32;
        let family_record = families::record(transaction.words(), family)?;
        let free = transaction.get(header::FREE_SERIES)? as u32;
        let mut text = String::new();
        Record::at(transaction.words(), entry.record)?.read_text(&mut text)?;
        let count = series_count(is_overflow(&text));
        transaction.set(header::FREE_SERIES, u64::from(number) + 1)?;
        transaction.add(header::SERIES_LIVE, -count)?;
        transaction.add(family_record + family::SERIES, -count)?;
        Ok(FREE | free)
    })?;
    Ok(freed.is_some())
}

/// Replaces the labels of series `number`, if the table still has this entry. A reader finds either the old series or the
/// new one.
pub(crate) fn replace_series(
    exclusive: &mut Exclusive,
    number: u32,
    entry: SeriesEntry,
    labels: &Labels,
    shared: u64,
) -> Result<Option<SeriesEntry>> {
    renew(exclusive, number, entry, |transaction| {
        let family = (transaction.get(entry.record + series::NUMBER)? >> 32) as u32;
        let created = f64::from_bits(transaction.get(entry.record + series::CREATED)?);
        let record = add_record(transaction, family, labels, shared, created)?;
        transaction.set(record + series::NUMBER, number_word(family, number))?;
        Ok(record)
    })
}

/// Starts series `number` from zero, if the table still has this entry: a new generation of the same series, which keeps its
/// position on the page.
pub(crate) fn restart_series(
    exclusive: &mut Exclusive,
    spec: &FamilySpec,
    number: u32,
    entry: SeriesEntry,
) -> Result<bool> {
    let restarted = renew(exclusive, number, entry, |transaction| {
        let (word, value) = if spec.is_shared() {
            (series::SHARED, 0.0)
        } else {
            (series::RESTARTED, now())
        };
        transaction.set(entry.record + word, value.to_bits())?;
        Ok(entry.record)
    })?;
    Ok(restarted.is_some())
}

/// Ends the generation of series `number`, if the table still has this entry. The next generation has the record that
/// `change` returns. If that is another record, the old one is freed.
fn renew(
    exclusive: &mut Exclusive,
    number: u32,
    entry: SeriesEntry,
    change: impl FnOnce(&mut Transaction) -> Result<Place>,
) -> Result<Option<SeriesEntry>> {
    if series_entry(exclusive.words, number)? != entry || !entry.is_live() {
        return Ok(None);
    }
    let mut transaction = exclusive.transaction();
    let next = SeriesEntry {
        record: change(&mut transaction)?,
        generation: entry.next_generation(),
    };
    let place = growing_table::heap_entry(&mut transaction, header::SERIES_TABLE, number)?;
    // Before the old record is freed, so that a reader of its words finds another generation.
    transaction.set(place, next.word())?;
    if next.record != entry.record {
        drop_record(&mut transaction, entry.record)?;
    }
    transaction.break_bindings(number, entry.generation);
    transaction.commit()?;
    Ok(Some(next))
}
