//! Which series belong to the families that are shown.
//!
//! Each family's series are a chain through one array, by their numbers: that is as long as there are series, and nothing
//! grows while families are found one after the other.

use super::reading::TRIES;
use super::shown::Shown;
use crate::catalog::series::{Entries, SeriesEntry};
use crate::error::{Error, Result};
use crate::layout::{header, series as record};
use crate::storage::heap::Heap;
use crate::sync::AtomicU64;

/// The numbers of the series of one family.
#[derive(Clone, Copy, Default)]
pub(super) struct Chain {
    first: u32,
    last: u32,
    pub length: usize,
}

impl Chain {
    /// Appends a series; `next` is what follows each of them.
    fn push(&mut self, number: u32, next: &mut [u32]) {
        if self.length == 0 {
            self.first = number;
        } else {
            next[self.last as usize] = number;
        }
        self.last = number;
        self.length += 1;
    }

    /// The numbers in the order in which they were appended.
    pub fn numbers(self, next: &[u32]) -> impl Iterator<Item = u32> {
        let mut number = self.first;
        (0..self.length).map(move |index| {
            if index > 0 {
                number = next[number as usize];
            }
            number
        })
    }
}

/// Notes with each family which series it has, in an array of its own, which may have been another scrape's.
pub(super) fn list(
    heap: &Heap,
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
    for (first, words) in entries.pages() {
        for (number, word) in (first..).zip(words) {
            if let Some(place) = place_of(heap, &places, word)? {
                families[place].series.push(number, next);
            }
        }
    }
    Ok(())
}

/// Where the family of a series is among those that are shown, if it is one of them.
fn place_of(heap: &Heap, places: &[Option<usize>], word: &AtomicU64) -> Result<Option<usize>> {
    for _ in 0..TRIES {
        let found = SeriesEntry::look(word);
        if !found.is_live() {
            return Ok(None);
        }
        let place = place_by_record(heap, places, found);
        // The record may have been given to another series; what an info says moves to another record.
        if found.is_unchanged(word) {
            return place;
        }
    }
    Err(Error::Contended {
        tries: TRIES as u64,
    })
}

fn place_by_record(
    heap: &Heap,
    places: &[Option<usize>],
    found: SeriesEntry,
) -> Result<Option<usize>> {
    let family = heap.load(found.record + record::NUMBER)? >> 32;
    match places.get(family as usize) {
        Some(place) => Ok(*place),
        // It is not shown, or was declared after this scrape began.
        None if family < heap.load(header::FAMILY_COUNT)? => Ok(None),
        None => Err(Error::Corrupt {
            what: "a series belongs to no family",
        }),
    }
}
