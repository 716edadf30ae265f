//! Which series belong to the families that are shown.
//!
//! Each family's series are a chain through one array, by their numbers: that is as long as there are series, and nothing
//! grows while families are found one after the other.

use super::shown::Shown;
use crate::catalog::series::{Entries, SeriesEntry};
use crate::error::{Error, Result};
use crate::layout::{header, series as record};
use crate::storage::words::Words;
use crate::sync::AtomicU64;

/// Notes with each family which series it has, in an array of its own, which may have been another scrape's.
pub(super) fn list(
    words: &Words,
    entries: &Entries,
    families: &mut [Shown],
    next: &mut Vec<u32>,
) -> Result<()> {
    next.resize(entries.count() as usize, 0);
    // As long as the families that were found say, and not as the heap does by now: that may be anything, and memory that can't be
    // had ends the process.
    let last = families.iter().map(|shown| shown.number as usize).max();
    let mut places = vec![None; last.map_or(0, |last| last + 1)];
    for (place, shown) in families.iter().enumerate() {
        places[shown.number as usize] = Some(place);
    }
    for (first, page) in entries.pages() {
        for (number, word) in (first..).zip(page) {
            if let Some(place) = place_of(words, &places, word)? {
                families[place].series.push(number, next);
            }
        }
    }
    Ok(())
}

/// Where the family of a series is among those that are shown, if it is one of them.
fn place_of(words: &Words, places: &[Option<usize>], word: &AtomicU64) -> Result<Option<usize>> {
    let place = |found| place_by_record(words, places, found);
    Ok(SeriesEntry::read_unchanged(word, &mut 0, place)?.flatten())
}

fn place_by_record(
    words: &Words,
    places: &[Option<usize>],
    found: SeriesEntry,
) -> Result<Option<usize>> {
    let family = words.load(found.record + record::NUMBER)? >> 32;
    match places.get(family as usize) {
        Some(place) => Ok(*place),
        // It is not shown, or was declared after this scrape began.
        None if family < words.load(header::FAMILY_COUNT)? => Ok(None),
        None => Err(Error::Corrupt {
            what: "a series belongs to no family",
        }),
    }
}
