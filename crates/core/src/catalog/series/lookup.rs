//! Finding series: by their labels, without the lock where that suffices, and by their family.

use super::changes::{check_limit, create_series};
use super::entry::{SeriesEntry, series_entry};
use super::record::Record;
use crate::catalog::families;
use crate::catalog::label_map;
use crate::error::{Error, Result};
use crate::layout::{Place, family, header, journal, series};
use crate::model::labels::Labels;
use crate::storage::heap::Heap;
use crate::storage::table;
use crate::storage::words::Words;

/// The number of a series, from its record.
fn number_of(words: &Words, record: Place) -> Result<u32> {
    Ok(words.load(record + series::NUMBER)? as u32)
}

/// The series with these labels: its number and entry.
///
/// Looks without the lock first; what it finds is right, since the table confirms it. When it finds nothing, or meets a
/// change in progress, `None`.
pub(crate) fn find_series(
    words: &Words,
    family: u32,
    labels: &Labels,
) -> Option<(u32, SeriesEntry)> {
    let record = label_map::find(words, family, labels).ok()??;
    confirm(words, family, labels, record)
}

/// What the table says of the record that the label map leads to, unless that is changing.
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
    // The entry was read after the record: were the record another series' by now, the entry would lead elsewhere, or the labels
    // would differ on a second look.
    let again = label_map::find(words, family, labels).ok()??;
    (entry.record == record && again == record && entry == series_entry(words, number).ok()?)
        .then_some((number, entry))
}

/// The series with these labels, made if it is new, unless the family has `limit` of them.
pub(crate) fn series_or_new(
    heap: &Heap,
    family: u32,
    labels: &Labels,
    limit: u32,
) -> Result<(u32, SeriesEntry)> {
    let words = &heap.words;
    // Acquire, in `load`: what is looked at below is no older than the last change that the journal has seen.
    let seen = words.load(header::JOURNAL + journal::SEQUENCE)?;
    let found = label_map::find(words, family, labels);
    if let Ok(Some(record)) = found
        && let Some(confirmed) = confirm(words, family, labels, record)
    {
        return Ok(confirmed);
    }
    let family_record = families::record(words, family)?;
    // Before the lock is taken too: a label that explodes must not keep others from it.
    check_limit(words, family_record, limit)?;
    let mut exclusive = heap.lock()?;
    // Every change moves the journal on. Where none has, what was not there is not there now.
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
    create_series(&mut exclusive, family, labels, limit, 0)
}

/// The labels of a series. The caller holds the lock, or validates the generation afterwards.
pub(crate) fn labels_of(words: &Words, entry: SeriesEntry) -> Result<Labels> {
    let mut text = String::new();
    Record::at(words, entry.record)?.read_text(&mut text)?;
    Ok(Labels::parse(&text))
}

/// The numbers and entries of all series of a family.
///
/// It looks no further than where the last of them is: an info, which is told under the lock, comes early in most heaps.
pub(crate) fn series_of(words: &Words, family: u32) -> Result<Vec<(u32, SeriesEntry)>> {
    let all = words.load(families::record(words, family)? + family::SERIES)?;
    let mut found = Vec::new();
    for number in 0..table::count(words, header::SERIES_COUNT)? {
        if found.len() as u64 >= all {
            break;
        }
        let entry = series_entry(words, number)?;
        if entry.is_live() && (words.load(entry.record + series::NUMBER)? >> 32) as u32 == family {
            found.push((number, entry));
        }
    }
    Ok(found)
}
