//! Which series belong to the families that are shown.

use super::reading::{Reader, TRIES};
use crate::error::{Error, Result};
use crate::layout::{header, series as record};
use crate::series::SeriesEntry;

impl Reader<'_> {
    /// Notes with each family which series it has.
    pub fn list(&mut self) -> Result<()> {
        (0..self.entries.count()).try_for_each(|number| self.list_one(number))
    }

    fn list_one(&mut self, number: u32) -> Result<()> {
        let entry = self.entries.word(number)?;
        for _ in 0..TRIES {
            let found = SeriesEntry::look(entry);
            if !found.is_live() {
                return Ok(());
            }
            let place = self.place_of(found);
            // The record may have been given to another series; what an info says moves to another record.
            if found.is_unchanged(entry) {
                if let Some(place) = place? {
                    self.families[place].series.push(number);
                }
                return Ok(());
            }
        }
        Err(Error::Contended {
            tries: TRIES as u64,
        })
    }

    /// Where the family of a series is in `families`, if it is shown.
    fn place_of(&self, found: SeriesEntry) -> Result<Option<usize>> {
        let family = self.heap.load(found.record + record::NUMBER)? >> 32;
        match self.places.get(family as usize) {
            Some(place) => Ok(*place),
            // It was declared after this scrape began.
            None if family < self.heap.load(header::FAMILY_COUNT)? => Ok(None),
            None => Err(Error::Corrupt {
                what: "a series belongs to no family",
            }),
        }
    }
}
