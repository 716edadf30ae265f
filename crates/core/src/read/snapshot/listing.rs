//! The series of the selected families.
//!
//! The series of each family are a chain through one array, which has an entry for each number. So no list grows while
//! series are assigned to families.

use super::shown::Shown;
use crate::catalog::series::{Entries, SeriesEntry};
use crate::error::{Error, Result};
use crate::layout::{header, series as record};
use crate::storage::words::Words;
use crate::sync::AtomicU64;

/// Assigns the series to the families. `next` is the array of the chains, and may come from an earlier scrape.
pub(super) fn list(
    words: &Words,
    entries: &Entries,
    families: &mut [Shown],
    next: &mut Vec<u32>,
) -> Result<()> {
    next.resize(entries.count() as usize, 0);
    // As long as the selected families require. A count in the heap may be corrupt, and a failed allocation would end the
    // process.
    let last = families.iter().map(|shown| shown.number as usize).max();
    let mut indexes = vec![None; last.map_or(0, |last| last + 1)];
    for (index, shown) in families.iter().enumerate() {
        indexes[shown.number as usize] = Some(index);
    }
    for (first, page) in entries.pages() {
        for (number, word) in (first..).zip(page) {
            if let Some(index) = family_of(words, &indexes, word)? {
                families[index].series.push(number, next);
            }
        }
    }
    Ok(())
}

/// The index of a series' family among the selected ones; `None`: the family is not selected.
fn family_of(words: &Words, indexes: &[Option<usize>], word: &AtomicU64) -> Result<Option<usize>> {
    let index = |found| family_by_record(words, indexes, found);
    Ok(SeriesEntry::read_unchanged(word, &mut 0, index)?.flatten())
}

fn family_by_record(
    words: &Words,
    indexes: &[Option<usize>],
    found: SeriesEntry,
) -> Result<Option<usize>> {
    let family = words.load(found.record + record::NUMBER)? >> 32;
    match indexes.get(family as usize) {
        Some(index) => Ok(*index),
        // It is not shown, or was declared after this scrape began.
        None if family < words.load(header::FAMILY_COUNT)? => Ok(None),
        None => Err(Error::Corrupt {
            what: "a series belongs to no family",
        }),
    }
}
