//! The record of a series, for readers without the lock. A copy is valid if the generation in the table is the same before
//! and after.

use crate::error::{Error, Result};
use crate::layout::{Place, series};
use crate::storage::bytes::read_text;
use crate::storage::words::Words;
use crate::sync::{AtomicU64, Ordering};

/// The words before the text.
const FIELDS: usize = series::TEXT as usize;

/// The record of a series.
pub(crate) struct Record<'heap> {
    fields: &'heap [AtomicU64; FIELDS],
    /// The text, and the rest of the segment.
    text: &'heap [AtomicU64],
}

impl<'heap> Record<'heap> {
    /// The record at that place.
    pub fn at(words: &'heap Words, place: Place) -> Result<Self> {
        let Some((fields, text)) = words.tail(place)?.split_first_chunk() else {
            return Err(Error::Corrupt {
                what: "a record reaches beyond its segment",
            });
        };
        Ok(Record { fields, text })
    }

    fn field(&self, word: u32) -> u64 {
        // Relaxed: the reader validates the generation afterwards.
        self.fields[word as usize].load(Ordering::Relaxed)
    }

    /// The number of its family.
    pub fn family(&self) -> u32 {
        (self.field(series::NUMBER) >> 32) as u32
    }

    /// When the series was made, in seconds since the epoch.
    pub fn made(&self) -> f64 {
        f64::from_bits(self.field(series::CREATED))
    }

    /// The value that all writers share, or when the series last started from zero.
    pub fn shared(&self) -> f64 {
        f64::from_bits(self.field(series::SHARED))
    }

    /// Appends the label text, escaped.
    pub fn read_text(&self, into: &mut String) -> Result<()> {
        let length = self.field(series::NEXT_AND_LENGTH) as u32;
        read_text(self.text, length as usize, into)
    }
}
