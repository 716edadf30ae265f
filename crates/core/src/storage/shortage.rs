//! Shortage and its end: series that were dropped try again when space was freed.
//!
//! Who drops a series says so in the header. Who frees space later, or has room for a series that was dropped before,
//! tells all writers by moving a word in each of their arenas, which the dropped series look at. While nothing was dropped,
//! that costs one load.

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

/// A series was dropped; `again`: the same one as before, which is counted already.
pub(crate) fn begin(words: &Words, shortage: Shortage, again: bool) -> Result<()> {
    if !again {
        // Relaxed: a count for display.
        words
            .word(counter(shortage))?
            .fetch_add(1, Ordering::Relaxed);
    }
    // Relaxed: who frees space before it sees this is made up for by the tries that need no word.
    words.word(header::SHORTAGE)?.store(1, Ordering::Relaxed);
    Ok(())
}

/// There is room again: tells all writers if any series was dropped since the last time.
pub(crate) fn end(words: &Words) -> Result<()> {
    let shortage = words.word(header::SHORTAGE)?;
    // Relaxed, looked at first: it is 0 almost always, and the line stays shared.
    if shortage.load(Ordering::Relaxed) == 0 || shortage.swap(0, Ordering::Relaxed) == 0 {
        return Ok(());
    }
    for at in directory::slots(words)? {
        let (place, length) = slot::chunk(words.load(at + slot::CHUNKS)?);
        if length != 0 {
            // Release: who sees it moved also finds the space.
            words
                .word(place + control::SPACE_EPOCH)?
                .fetch_add(1, Ordering::Release);
        }
    }
    Ok(())
}
