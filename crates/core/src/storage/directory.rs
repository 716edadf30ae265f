//! A writer's directory: the cell that it has for each series.
//!
//! The directory is a table of leaves with 64 entries each, in the writer's own arena. Only the writer adds to it, without a
//! lock. An entry holds the cell, and the generation that the cell is bound to. A child in JavaScript compares that
//! generation with its own before each update. The removal or restart of a series stores 0 there.
//!
//! Writer and remover each store first and look second, with a sequentially consistent fence between. The writer stores the
//! entry and looks at the table again. The remover changes the table and looks at the entries. So at least one of them sees
//! the other, and no writer stays bound to a generation that has ended.

use crate::error::{Error, Result};
use crate::layout::{Place, directory, header, low_place, slot};
use crate::storage::table;
use crate::storage::words::Words;
use crate::sync::{Ordering, fence};

/// An entry of a directory.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Entry {
    /// The place of the entry.
    pub place: Place,
    pub cell: Place,
    pub generation: u32,
}

/// Where the entry of series `number` lies in a leaf.
pub(crate) fn offset(number: u32) -> u32 {
    number % directory::LEAF_SERIES * directory::ENTRY_WORDS
}

/// The leaf for series `number` in the directory of the slot at `at`; `None` if it is missing.
pub(crate) fn leaf(words: &Words, at: Place, number: u32) -> Result<Option<Place>> {
    let Some(place) = table::entry(words, at + slot::SERIES, number / directory::LEAF_SERIES)?
    else {
        return Ok(None);
    };
    let leaf = words.load_place(place)?;
    Ok((leaf != 0).then_some(leaf))
}

/// The generation in the generation word of an entry, whether it is watched or not.
#[inline]
pub(crate) fn generation_of(word: u64) -> u32 {
    word as u32 & directory::GENERATIONS
}

/// Removes the mark of a watched binding before the update.
pub(crate) fn confirm(words: &Words, entry: Entry) -> Result<()> {
    let word = words.word(entry.place + directory::GENERATION)?;
    // Relaxed: the fence of the caller orders this store and its look at the table.
    let found = word.load(Ordering::Relaxed);
    if found & directory::WATCHED != 0 {
        // Exchanged, since the series may be removed meanwhile. If the exchange fails, the caller finds the removal.
        let _ = word.compare_exchange(
            found,
            u64::from(generation_of(found)),
            Ordering::Relaxed,
            Ordering::Relaxed,
        );
    }
    Ok(())
}

/// The entry of series `number` in the directory of the writer in the slot at `at`; `None` when it has no place yet.
pub(crate) fn entry(words: &Words, at: Place, number: u32) -> Result<Option<Entry>> {
    let Some(leaf) = leaf(words, at, number)? else {
        return Ok(None);
    };
    let place = leaf + offset(number);
    // The generation first, with Acquire: a reader that finds a valid generation also finds the cell.
    let generation = generation_of(words.load(place + directory::GENERATION)?);
    let cell = words.load(place + directory::CELL)?;
    Ok(Some(Entry {
        place,
        cell: low_place(cell),
        generation,
    }))
}

/// The number of the series whose entry in that directory is at `place`. `None`: there is no such entry.
pub(crate) fn number_of(words: &Words, at: Place, place: Place) -> Result<Option<u32>> {
    let series = table::count(words, header::SERIES_COUNT)?;
    for number in (0..series).step_by(directory::LEAF_SERIES as usize) {
        if let Some(leaf) = leaf(words, at, number)?
            && let Some(distance) = place.checked_sub(leaf)
            && distance < directory::LEAF_SERIES * directory::ENTRY_WORDS
        {
            return Ok(Some(number + distance / directory::ENTRY_WORDS));
        }
    }
    Ok(None)
}

/// The places of all slots.
pub(crate) fn slots(words: &Words) -> Result<Vec<Place>> {
    (0..table::count(words, header::SLOT_COUNT)?)
        .map(|number| slot_place(words, number))
        .collect()
}

/// The place of slot `number`.
pub(crate) fn slot_place(words: &Words, number: u32) -> Result<Place> {
    let entry = table::entry(words, header::SLOT_TABLE, number)?;
    words.load_place(entry.ok_or(Error::Corrupt {
        what: "a slot is missing from its table",
    })?)
}

/// Makes every writer that is bound to that generation of the series bind again.
pub(crate) fn break_bindings(words: &Words, number: u32, generation: u32) -> Result<()> {
    // SeqCst: see above. The table was changed before this fence.
    fence(Ordering::SeqCst);
    for at in slots(words)? {
        if let Some(entry) = entry(words, at, number)? {
            // Exchanged, since the writer may have bound itself to the next generation already. Release: the child that finds
            // the word changed also finds the change of the table. Relaxed on failure: a scrape has begun to watch the
            // binding, or the writer has ended that; then once more.
            let word = words.word(entry.place + directory::GENERATION)?;
            let _ = word.fetch_update(Ordering::Release, Ordering::Relaxed, |found| {
                (generation_of(found) == generation).then_some(0)
            });
        }
    }
    Ok(())
}

/// Whether any writer, dead or alive, is bound to that generation of the series.
pub(crate) fn is_bound(words: &Words, number: u32, generation: u32) -> Result<bool> {
    for at in slots(words)? {
        if entry(words, at, number)?.is_some_and(|entry| entry.generation == generation) {
            return Ok(true);
        }
    }
    Ok(false)
}
