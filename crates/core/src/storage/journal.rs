//! The journal: each change of the structure is a redo record, which the next holder completes.
//!
//! A [`Transaction`] collects the words to change. It reads through its own changes, while the heap stays as it is.
//! [`Transaction::commit`] writes the list into the journal, makes the sequence odd, applies the list, and makes the
//! sequence even.
//!
//! ```text
//! death ...            leaves the heap ...         and the next holder of the lock ...
//! before odd           as it was                   sees an even sequence, does nothing
//! between odd and even with some words changed     applies the whole list again: stores of values are idempotent
//! after even           as it should be             sees an even sequence, does nothing
//! ```
//!
//! So a change happens wholly or not at all, and a kill neither leaks nor doubles a block. One rule follows. A fresh block
//! is filled directly before the commit, except for its first word, which the transaction sets. Until the commit, a block
//! from a free list still belongs to the list, and its first word is the link.
//!
//! Words are applied in the order in which they were set, each with Release. A reader without the lock that finds a place
//! also finds the block behind it. So the word that publishes a block must be set last.

use crate::error::{Error, Result};
use crate::layout::{Place, as_place, header, journal};
use crate::storage::directory;
use crate::storage::words::Words;
use crate::sync::Ordering;

/// A place and its new value.
pub(crate) type Write = (Place, u64);

/// A change of structure that happens wholly or not at all.
pub(crate) struct Transaction<'a> {
    words: &'a Words,
    journal: Place,
    capacity: usize,
    writes: &'a mut Vec<Write>,
    /// The value for the word [`journal::BREAK`].
    breaks: u64,
}

impl<'a> Transaction<'a> {
    /// A transaction of the holder of the label-map lock.
    pub fn of_heap(words: &'a Words, writes: &'a mut Vec<Write>) -> Transaction<'a> {
        writes.clear();
        Transaction {
            words,
            journal: header::JOURNAL,
            capacity: journal::HEAP_ENTRIES as usize,
            writes,
            breaks: 0,
        }
    }

    /// A transaction of a writer on words that only it stores to; `journal` is the one in its slot.
    pub fn of_writer(
        words: &'a Words,
        journal: Place,
        writes: &'a mut Vec<Write>,
    ) -> Transaction<'a> {
        writes.clear();
        Transaction {
            words,
            journal,
            capacity: journal::WRITER_ENTRIES as usize,
            writes,
            breaks: 0,
        }
    }

    /// The words that it changes.
    pub fn words(&self) -> &'a Words {
        self.words
    }

    /// The value of the word after the commit.
    pub fn get(&self, place: Place) -> Result<u64> {
        match self
            .writes
            .iter()
            .rev()
            .find(|(written, _)| *written == place)
        {
            Some((_, value)) => Ok(*value),
            None => self.words.load(place),
        }
    }

    /// As [`Transaction::get`], for a word that holds a place.
    pub fn get_place(&self, place: Place) -> Result<Place> {
        as_place(self.get(place)?)
    }

    /// Changes the word at the commit.
    pub fn set(&mut self, place: Place, value: u64) -> Result<()> {
        // Checked now, so that applying can't fail.
        self.words.word(place)?;
        if self.writes.len() == self.capacity {
            return Err(Error::Corrupt {
                what: "a change is larger than its journal",
            });
        }
        self.writes.push((place, value));
        Ok(())
    }

    /// Adds to a word that counts.
    pub fn add(&mut self, place: Place, amount: i64) -> Result<()> {
        let value = self.get(place)?.wrapping_add_signed(amount);
        self.set(place, value)
    }

    /// At the commit, makes all writers that are bound to that generation of the series bind again.
    pub fn break_bindings(&mut self, series: u32, generation: u32) {
        self.breaks = u64::from(generation) << 32 | (u64::from(series) + 1);
    }

    /// Makes the change.
    pub fn commit(self) -> Result<()> {
        let block = self
            .words
            .slice(self.journal, journal::HEAD + 2 * self.capacity as u32)?;
        let (entries, _) = block[journal::HEAD as usize..].as_chunks();
        for ([place, value], write) in entries.iter().zip(self.writes.iter()) {
            // Relaxed: the odd sequence publishes the list.
            place.store(u64::from(write.0), Ordering::Relaxed);
            value.store(write.1, Ordering::Relaxed);
        }
        block[journal::LENGTH as usize].store(self.writes.len() as u64, Ordering::Relaxed);
        block[journal::BREAK as usize].store(self.breaks, Ordering::Relaxed);
        let sequence = block[journal::SEQUENCE as usize].load(Ordering::Relaxed);
        // Release: a holder that finds the sequence odd finds the whole list.
        block[journal::SEQUENCE as usize].store(sequence.wrapping_add(1), Ordering::Release);
        apply(self.words, self.journal, self.capacity)
    }
}

/// Completes the list of a holder that died. The caller holds the lock, or the lease, that protects the journal.
pub(crate) fn replay(words: &Words, at: Place) -> Result<()> {
    // Acquire: pairs with the Release store that made it odd.
    if words.word(at + journal::SEQUENCE)?.load(Ordering::Acquire) & 1 == 0 {
        return Ok(());
    }
    let capacity = if at == header::JOURNAL {
        journal::HEAP_ENTRIES
    } else {
        journal::WRITER_ENTRIES
    };
    apply(words, at, capacity as usize)
}

/// Applies the list, and makes the sequence even.
fn apply(words: &Words, at: Place, capacity: usize) -> Result<()> {
    let block = words.slice(at, journal::HEAD + 2 * capacity as u32)?;
    let length = block[journal::LENGTH as usize].load(Ordering::Relaxed) as usize;
    let (entries, _) = block[journal::HEAD as usize..].as_chunks();
    for [place, value] in entries.iter().take(length) {
        let word = words.word(as_place(place.load(Ordering::Relaxed))?)?;
        // Release: a reader without the lock that follows the value finds the block behind it.
        word.store(value.load(Ordering::Relaxed), Ordering::Release);
    }
    let breaks = block[journal::BREAK as usize].load(Ordering::Relaxed);
    if let Some(series) = (breaks as u32).checked_sub(1) {
        directory::break_bindings(words, series, (breaks >> 32) as u32)?;
    }
    let sequence = block[journal::SEQUENCE as usize].load(Ordering::Relaxed);
    // Release: the list has been applied.
    block[journal::SEQUENCE as usize].store(sequence.wrapping_add(1), Ordering::Release);
    Ok(())
}
