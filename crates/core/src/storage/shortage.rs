//! Shortage and its end: dropped series try again when space was freed.
//!
//! A writer that drops a series sets a word in the header. When space is freed later, or a dropped series finds room, a word
//! in each writer's arena is changed, and dropped series look at that word. While no series was dropped, this costs one
//! load.

use crate::error::{Result, Shortage};
use crate::layout::{control, header, slot};
use crate::storage::directory;
use crate::storage::words::Words;
use crate::sync::Ordering;

/// How many series were dropped for that reason.
pub(crate) fn dropped(words: &Words, shortage: Shortage) -> Result<u64> {
    words.load(counter(shortage))
}

fn counter(shortage: Shortage) -> u32 {
    match shortage {
        Shortage::Full => header::DROPPED_FULL,
        Shortage::Busy => header::DROPPED_BUSY,
        Shortage::Limit => header::DROPPED_LIMIT,
    }
}

/// Notes that a series was dropped. `again`: this series was counted before.
pub(crate) fn begin(words: &Words, shortage: Shortage, again: bool) -> Result<()> {
    if !again {
        // Relaxed: a count for display.
        words
            .word(counter(shortage))?
            .fetch_add(1, Ordering::Relaxed);
    }
    // Relaxed: space may be freed before the other writer sees this. Dropped series also try again without this word.
    words.word(header::SHORTAGE)?.store(1, Ordering::Relaxed);
    Ok(())
}

/// Notes that there is room, and notifies all writers if a series was dropped since the last time.
pub(crate) fn end(words: &Words) -> Result<()> {
    let shortage = words.word(header::SHORTAGE)?;
    // Relaxed, looked at first: it is 0 almost always, and the line stays shared.
    if shortage.load(Ordering::Relaxed) == 0 || shortage.swap(0, Ordering::Relaxed) == 0 {
        return Ok(());
    }
    for at in directory::slots(words)? {
        let (place, length) = slot::chunk(words.load(at + slot::CHUNKS)?);
        if length != 0 {
            // Release: a writer that sees the change also finds the space.
            words
                .word(place + control::SPACE_EPOCH)?
                .fetch_add(1, Ordering::Release);
        }
    }
    Ok(())
}
