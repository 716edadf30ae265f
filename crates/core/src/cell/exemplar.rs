//! Exemplars: an example of the values in a counter or bucket, such as a trace id.
//!
//! ```text
//! | sequence | buffer 0: value, timestamp, length, text | buffer 1 |
//! ```
//!
//! The sequence counts the stored exemplars. Its lowest bit is the index of the newest buffer. The owner fills the other
//! buffer and then adds 1. A reader that finds the same sequence before and after has a whole exemplar, because the owner
//! leaves that buffer alone until the sequence has moved. A death in the middle leaves the old exemplar.

use crate::error::Result;
use crate::layout::exemplar::{
    BUFFER_WORDS, BUFFERS, LENGTH, SEQUENCE, TEXT, TEXT_WORDS, TIMESTAMP, VALUE, WORDS,
};
use crate::layout::{Place, SEQUENCE_MASK, WORD};
use crate::storage::words::Words;
use crate::sync::{AtomicF64, Ordering, fence};

/// A reader gives up when the exemplar changes this often underneath: the next scrape has another chance.
const TRIES: usize = 1000;

fn buffer(body: Place, sequence: u64) -> Place {
    body + BUFFERS + (sequence as u32 & 1) * BUFFER_WORDS
}

/// Stores an exemplar in the owner's block. A text that is too long is not stored: the caller has validated it.
pub(crate) fn store(
    words: &Words,
    body: Place,
    value: f64,
    timestamp: f64,
    text: &str,
) -> Result<()> {
    if text.len() > TEXT_WORDS as usize * WORD {
        return Ok(());
    }
    let sequence = words.word(body + SEQUENCE)?;
    // Relaxed: only the owner stores it.
    let next = sequence.load(Ordering::Relaxed).wrapping_add(1);
    let at = buffer(body, next);
    let fields = words.slice(at, TEXT)?;
    // Relaxed: the sequence publishes the buffer. The fence orders these stores after the sequence that took this buffer out
    // of use, for readers that still copy it.
    fence(Ordering::Release);
    fields[VALUE as usize].store_f64(value, Ordering::Relaxed);
    fields[TIMESTAMP as usize].store_f64(timestamp, Ordering::Relaxed);
    fields[LENGTH as usize].store_f64(text.len() as f64, Ordering::Relaxed);
    words.write_bytes(at + TEXT, text.as_bytes())?;
    // Release: a reader that finds the sequence finds the whole buffer.
    sequence.store(next & SEQUENCE_MASK, Ordering::Release);
    Ok(())
}

/// When the newest exemplar in the block was observed, in seconds since the epoch; 0 if there is none.
pub(crate) fn time(words: &Words, body: Place) -> Result<f64> {
    // Acquire: pairs with the Release in `store`.
    match words.word(body + SEQUENCE)?.load(Ordering::Acquire) {
        0 => Ok(0.0),
        sequence => words.load_f64(buffer(body, sequence) + TIMESTAMP),
    }
}

/// A copy of an exemplar.
pub(crate) struct Copy {
    pub value: f64,
    pub timestamp: f64,
    pub text: String,
}

/// The newest exemplar in the block, if there is one.
pub(crate) fn read(words: &Words, body: Place) -> Result<Option<Copy>> {
    let sequence = &words.slice(body, WORDS)?[SEQUENCE as usize];
    for _ in 0..TRIES {
        // Acquire: pairs with the Release in `store`.
        let before = sequence.load(Ordering::Acquire);
        if before == 0 {
            return Ok(None);
        }
        let at = buffer(body, before);
        let fields = words.slice(at, TEXT)?;
        let [value, timestamp, length] = [VALUE, TIMESTAMP, LENGTH]
            .map(|word| fields[word as usize].load_f64(Ordering::Relaxed));
        let mut text = Vec::new();
        // A double that is no length saturates; the text's words bound it.
        words.read_bytes(
            at + TEXT,
            (length as usize).min(TEXT_WORDS as usize * WORD),
            &mut text,
        )?;
        // Acquire: if any of it is newer than `before`, this look finds another sequence.
        fence(Ordering::Acquire);
        if sequence.load(Ordering::Relaxed) == before {
            return Ok(String::from_utf8(text).ok().map(|text| Copy {
                value,
                timestamp,
                text,
            }));
        }
    }
    Ok(None)
}
