//! Exemplars of traces: when a writer looks for the active span.
//!
//! Time is divided into intervals. In each of them, one writer of the application looks for each bucket: the one that stores
//! bucket and interval in a word of the header. The word is chosen by a hash of the bucket. Two buckets with one word take it
//! from each other, and may then be looked at more often. A death leaves an interval that is soon over.

use crate::cell;
use crate::clock::{monotonic, now};
use crate::error::Result;
use crate::hash::{SEED, hash};
use crate::layout::{directory as entry, header};
use crate::membership::writer::Writer;
use crate::storage::directory;
use crate::sync::Ordering;
use crate::write::binding::Binding;

/// The seconds of an interval. Source: client_java.
pub const LOOK_INTERVAL: f64 = 0.09;
/// An exemplar stays for at least this many seconds. Source: client_java.
const LEAST_AGE: f64 = 7.0;

impl Writer {
    /// The number of the series of a binding. `None`: the binding does not hold.
    pub fn series_number(&self, binding: Binding) -> Result<Option<u32>> {
        match self.bound_cell(binding)? {
            Some(_) => directory::number_of(self.words(), self.at(), binding.entry()),
            None => Ok(None),
        }
    }

    /// After how many seconds this writer may look for an exemplar of a bucket, whose number is the tag of the exemplar. 0: it
    /// looks now, and no other writer does so in this interval.
    pub fn exemplar_wait(&self, binding: Binding, number: u32, tag: u32) -> Result<f64> {
        let time = monotonic();
        let interval = (time / LOOK_INTERVAL) as u64;
        let next = ((interval + 1) as f64 * LOOK_INTERVAL - time).max(f64::MIN_POSITIVE);
        let bucket = hash(
            &(u64::from(number) << 32 | u64::from(tag)).to_le_bytes(),
            SEED,
        );
        let index = bucket as u32 % header::LOOK_WORDS;
        let word = self.words().word(header::LOOKS + index)?;
        let look = bucket & !u64::from(u32::MAX) | interval & u64::from(u32::MAX);
        // Relaxed: the word stands for itself.
        let last = word.load(Ordering::Relaxed);
        if last == look
            || word
                .compare_exchange(last, look, Ordering::Relaxed, Ordering::Relaxed)
                .is_err()
        {
            return Ok(next);
        }
        let age = now() - self.newest_exemplar(binding, number, tag)?;
        // A clock that was set back makes no exemplar stay for longer.
        let is_young = (0.0..LEAST_AGE).contains(&age);
        Ok(if is_young { LEAST_AGE - age } else { 0.0 })
    }

    /// The time of the newest exemplar of a bucket, over all writers; 0 if there is none.
    fn newest_exemplar(&self, binding: Binding, number: u32, tag: u32) -> Result<f64> {
        let words = self.words();
        let mut newest = 0.0_f64;
        for at in directory::slots(words)? {
            let Some(found) = directory::entry(words, at, number)? else {
                continue;
            };
            if found.generation != binding.generation {
                continue;
            }
            let (cell, shape) = entry::cell_of(words.load(found.place + entry::CELL)?);
            if !shape.extended {
                continue;
            }
            let time = words
                .slice(cell, shape.words)
                .and_then(|cell| cell::extension::find(words, cell, tag))
                .and_then(|body| body.map_or(Ok(0.0), |body| cell::exemplar::time(words, body)));
            // Its owner may have given the cell to another series meanwhile. A wrong time costs an exemplar, and no count.
            newest = newest.max(time.unwrap_or_default());
        }
        Ok(newest)
    }
}
