//! The time since the last update of a series.
//!
//! A scrape of a family with an expiry watches the bindings of its series: it sets a mark in the generation word of each
//! entry, with the time. The next update of a watched binding finds a changed word, binds again, and thereby removes the
//! mark. So a series that still has all its marks was not updated since, whoever scrapes. Updates in between cost nothing.
//!
//! ```text
//! generation word of an entry:   time of the mark | mark | generation
//! ```

use crate::catalog::series::{self, Record, SeriesEntry};
use crate::error::Result;
use crate::layout::{Place, directory as entry_word};
use crate::storage::directory;
use crate::storage::lock::Exclusive;
use crate::storage::words::Words;
use crate::sync::{AtomicU64, Ordering};

/// Steps of time in a second.
const STEPS: f64 = 16.0;

/// Watches one binding of that generation. Returns for how many seconds it has been watched; `None`: only from now on.
/// Another generation is no binding of the series, and was never updated.
pub(super) fn watch(word: &AtomicU64, generation: u32, now: f64) -> Option<f64> {
    // Relaxed: the word publishes nothing.
    let found = word.load(Ordering::Relaxed);
    if directory::generation_of(found) != generation {
        return Some(f64::INFINITY);
    }
    // The step that has begun, and the part of it that has passed. Steps wrap around after eight years.
    let (step, part) = ((now * STEPS) as u64, (now * STEPS).fract());
    let is_watched = found & entry_word::WATCHED != 0;
    let since = (found >> 32) as u32;
    // -1: since this very step, because times are rounded up. Anything below is a clock that went back, as in tests.
    let passed = (step as u32).wrapping_sub(since) as i32;
    if is_watched && passed >= -1 {
        return Some(((f64::from(passed) + part) / STEPS).max(0.0));
    }
    let since = step + u64::from(part > 0.0);
    let watched = since << 32 | entry_word::WATCHED | u64::from(generation);
    // Exchanged, since the series may be removed meanwhile. Relaxed: as above. If the exchange fails, the binding has just
    // changed.
    let _ = word.compare_exchange(found, watched, Ordering::Relaxed, Ordering::Relaxed);
    None
}

/// A series that was not updated for too long.
pub(super) struct Stale {
    pub number: u32,
    pub entry: SeriesEntry,
    /// The word of its record that changes when an info is set, or the series starts from zero.
    pub shared: f64,
}

/// Removes a series unless it was updated or bound since it was looked at.
pub(super) fn remove(exclusive: &mut Exclusive, stale: &Stale) -> Result<bool> {
    let Stale {
        number,
        entry,
        shared,
    } = *stale;
    series::remove_unless(exclusive, number, entry, |words| {
        if Record::at(words, entry.record)?.shared().to_bits() != shared.to_bits() {
            return Ok(true);
        }
        for at in directory::slots(words)? {
            let Some(binding) = directory::entry(words, at, number)? else {
                continue;
            };
            if binding.generation == entry.generation && !is_watched(words, binding.place)? {
                return Ok(true);
            }
        }
        Ok(false)
    })
}

fn is_watched(words: &Words, entry: Place) -> Result<bool> {
    Ok(words.load(entry + entry_word::GENERATION)? & entry_word::WATCHED != 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_binding_is_watched_until_it_is_updated() {
        let word = AtomicU64::new(7);
        assert_eq!(watch(&word, 7, 10.0), None);
        assert_eq!(watch(&word, 7, 15.0), Some(5.0));
        // An update binds again.
        word.store(7, Ordering::Relaxed);
        assert_eq!(watch(&word, 7, 16.0), None);
        assert_eq!(watch(&word, 7, 16.5), Some(0.5));
        // After a step back of the clock, the time starts again.
        assert_eq!(watch(&word, 7, 9.0), None);
        assert_eq!(watch(&word, 7, 10.0), Some(1.0));
        assert_eq!(watch(&word, 8, 10.0), Some(f64::INFINITY));
    }
}
