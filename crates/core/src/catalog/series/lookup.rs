//! Finding series: by their labels, without the lock where that suffices, and by their family.

use super::changes::{check_limits, create_series};
use super::entry::{SeriesEntry, TRIES, series_entry, series_word};
use super::record::Record;
use crate::catalog::families;
use crate::catalog::label_map;
use crate::error::{Error, Result};
use crate::layout::{Place, family, header, journal, series, series_counts};
use crate::model::labels::Labels;
use crate::os::options::Limits;
use crate::storage::heap::Heap;
use crate::storage::lock::Exclusive;
use crate::storage::table;
use crate::storage::words::Words;
use crate::sync::{AtomicU64, Ordering, fence};

/// The searches that changes may disturb, before a search waits for the lock.
const SEARCHES: usize = 100;

/// The number of a series, from its record.
fn number_of(words: &Words, record: Place) -> Result<u32> {
    Ok(words.load(record + series::NUMBER)? as u32)
}

/// The series with these labels: its number and entry.
///
/// Looks without the lock, and confirms the result with the table. `None`: there is no such series, or a change is in
/// progress.
pub(crate) fn find_series(
    words: &Words,
    family: u32,
    labels: &Labels,
) -> Option<(u32, SeriesEntry)> {
    let record = label_map::find(words, family, labels).ok()??;
    confirm(words, family, labels, record)
}

/// The number and entry of the record that the label map leads to. `None`: a change is in progress.
fn confirm(
    words: &Words,
    family: u32,
    labels: &Labels,
    record: Place,
) -> Option<(u32, SeriesEntry)> {
    let number = number_of(words, record).ok()?;
    if u64::from(number) >= words.load(header::SERIES_COUNT).ok()? {
        return None;
    }
    let entry = series_entry(words, number).ok()?;
    // The entry was read after the record. If the record belonged to another series by now, the entry would lead elsewhere,
    // or a second search would find other labels.
    let again = label_map::find(words, family, labels).ok()??;
    (entry.record == record && again == record && entry == series_entry(words, number).ok()?)
        .then_some((number, entry))
}

/// As [`find_series`], but `None` says that there is no such series. The caller does not hold the lock.
pub(crate) fn search_series(
    heap: &Heap,
    family: u32,
    labels: &Labels,
) -> Result<Option<(u32, SeriesEntry)>> {
    let words = &heap.words;
    let sequence = || words.load(header::JOURNAL + journal::SEQUENCE);
    for _ in 0..SEARCHES {
        let seen = sequence()?;
        let found = find_series(words, family, labels);
        // Acquire fence: if the search has met a change, this look finds the sequence of that change.
        fence(Ordering::Acquire);
        // Every change moves the journal on, and the number is odd during a change.
        if found.is_some() || (seen & 1 == 0 && sequence()? == seen) {
            return Ok(found);
        }
    }
    let _exclusive = heap.lock()?;
    Ok(find_series(words, family, labels))
}

/// The series with these labels, made if it is new, unless a limit is reached.
pub(crate) fn series_or_new(
    heap: &Heap,
    family: u32,
    labels: &Labels,
    limits: Limits,
) -> Result<(u32, SeriesEntry)> {
    let words = &heap.words;
    // Acquire, in `load`: the searches below see all changes that this sequence counts.
    let seen = words.load(header::JOURNAL + journal::SEQUENCE)?;
    let found = label_map::find(words, family, labels);
    if let Ok(Some(record)) = found
        && let Some(confirmed) = confirm(words, family, labels, record)
    {
        return Ok(confirmed);
    }
    let family_record = families::record(words, family)?;
    // Checked before the lock as well: a family with too many label values must not keep other writers from the lock.
    if let Err(refusal) = check_limits(words, family_record, labels, limits) {
        // The first search may have met a change.
        return search_series(heap, family, labels)?.ok_or(refusal);
    }
    let mut exclusive = heap.lock()?;
    // Every change moves the journal on. If it has not moved since the search, the series is still missing.
    let is_missing =
        matches!(found, Ok(None)) && words.load(header::JOURNAL + journal::SEQUENCE)? == seen;
    if !is_missing && let Some(record) = label_map::find(words, family, labels)? {
        let number = number_of(words, record)?;
        let entry = series_entry(words, number)?;
        if entry.record != record {
            return Err(Error::Corrupt {
                what: "the label map leads to a series that is not in the table",
            });
        }
        return Ok((number, entry));
    }
    create_series(&mut exclusive, family, labels, limits, 0)
}

/// The entry of a series that was listed without the lock. `None`: the series has ended since, and its record may belong to
/// another series by now. A series with new labels has another record.
pub(crate) fn present(
    exclusive: &Exclusive,
    number: u32,
    listed: SeriesEntry,
) -> Result<Option<SeriesEntry>> {
    let entry = series_entry(exclusive.words, number)?;
    let is_present = entry.is_live() && entry.generation == listed.generation;
    Ok(is_present.then_some(entry))
}

/// The labels of a series. The caller holds the lock and knows that the series is present, or validates the generation
/// afterwards.
pub(crate) fn labels_of(words: &Words, entry: SeriesEntry) -> Result<Labels> {
    let mut text = String::new();
    Record::at(words, entry.record)?.read_text(&mut text)?;
    Ok(Labels::parse(&text))
}

/// The numbers and entries of a family's series. Includes each series that exists throughout the walk.
pub(crate) fn series_of(words: &Words, family: u32) -> Result<Vec<(u32, SeriesEntry)>> {
    walk(words, family, u64::MAX)
}

/// As [`series_of`], for the holder of the lock. No writer makes series meanwhile, so the walk ends at the family's
/// last series.
pub(crate) fn series_under_lock(
    exclusive: &Exclusive,
    family: u32,
) -> Result<Vec<(u32, SeriesEntry)>> {
    let words = exclusive.words;
    let (own, overflow) =
        series_counts(words.load(families::record(words, family)? + family::SERIES)?);
    walk(words, family, u64::from(own) + u64::from(overflow))
}

fn walk(words: &Words, family: u32, most: u64) -> Result<Vec<(u32, SeriesEntry)>> {
    let mut found = Vec::new();
    for number in 0..table::count(words, header::SERIES_COUNT)? {
        if found.len() as u64 >= most {
            break;
        }
        match with_family(words, series_word(words, number)?)? {
            Some((entry, of)) if of == u64::from(family) => found.push((number, entry)),
            _ => {}
        }
    }
    Ok(found)
}

/// The entry in a word of the table, and the family of that series. `None`: the number belongs to no series.
#[inline]
pub(crate) fn with_family(words: &Words, word: &AtomicU64) -> Result<Option<(SeriesEntry, u64)>> {
    for _ in 0..TRIES {
        let entry = SeriesEntry::look(word);
        if !entry.is_live() {
            return Ok(None);
        }
        let number = words.load(entry.record + series::NUMBER);
        // If the series has got other labels meanwhile, the record may belong to another series by now.
        if entry.is_still_in(word) {
            // An error counts only if no writer has changed the series meanwhile.
            return Ok(Some((entry, number? >> 32)));
        }
    }
    Err(Error::Contended { tries: TRIES })
}
