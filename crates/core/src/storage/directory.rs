//! A writer's directory: which cell it has for which series.
//!
//! It lies in the writer's own arena, as a table of leaves of 64 entries, and only the writer adds to it, without a
//! lock. An entry holds the cell and the generation it is bound to. A child in JavaScript compares that generation
//! before each update with the one it was bound with; whoever removes or restarts a series stores 0 there.
//!
//! Writer and remover each store first and look second, with a sequentially consistent fence between: the writer stores
//! the entry and looks at the table again; the remover changes the table and looks at the entries. So at least one of
//! them sees the other, and no writer stays bound to a generation that has ended.

use crate::cell::Shape;
use crate::error::{Error, Result};
use crate::layout::{Place, directory, header, slot};
use crate::storage::heap::{Heap, low_place};
use crate::storage::table;
use crate::sync::{Ordering, fence};

/// An entry of a directory.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Entry {
    /// Where the entry is.
    pub place: Place,
    pub cell: Place,
    pub generation: u32,
}

/// Marks a cell with extensions.
const EXTENDED: u64 = 1 << 63;

/// The word of an entry that holds its cell.
pub(crate) fn cell_word(cell: Place, shape: Shape) -> u64 {
    u64::from(cell) | u64::from(shape.words) << 32 | if shape.extended { EXTENDED } else { 0 }
}

/// What [`cell_word`] has put into the word.
pub(crate) fn cell_of(word: u64) -> (Place, Shape) {
    (
        low_place(word),
        Shape {
            words: (word >> 32) as u32 & 0x7fff_ffff,
            extended: word & EXTENDED != 0,
        },
    )
}

/// Where the entry of series `number` lies in a leaf.
pub(crate) fn offset(number: u32) -> u32 {
    number % directory::LEAF_SERIES * directory::ENTRY_WORDS
}

/// The leaf for series `number` in the directory of the writer in the slot at `at`; `None` when there is none.
pub(crate) fn leaf(heap: &Heap, at: Place, number: u32) -> Result<Option<Place>> {
    let Some(place) = table::entry(heap, at + slot::SERIES, number / directory::LEAF_SERIES)?
    else {
        return Ok(None);
    };
    let leaf = heap.load_place(place)?;
    Ok((leaf != 0).then_some(leaf))
}

/// The generation in the generation word of an entry, whether it is watched or not.
#[inline]
pub(crate) fn generation_of(word: u64) -> u32 {
    word as u32 & directory::GENERATIONS
}

/// Takes the mark of a watched binding away, before it is updated.
pub(crate) fn confirm(heap: &Heap, entry: Entry) -> Result<()> {
    let word = heap.word(entry.place + directory::GENERATION)?;
    // Relaxed: the fence of the caller orders this store and its look at the table.
    let found = word.load(Ordering::Relaxed);
    if found & directory::WATCHED != 0 {
        // Exchanged, since the series may be removed meanwhile. On failure it was, and the caller finds that.
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
pub(crate) fn entry(heap: &Heap, at: Place, number: u32) -> Result<Option<Entry>> {
    let Some(leaf) = leaf(heap, at, number)? else {
        return Ok(None);
    };
    let place = leaf + offset(number);
    // The generation first, with Acquire: the cell is there before the generation that makes it count.
    let generation = generation_of(heap.load(place + directory::GENERATION)?);
    let cell = heap.load(place + directory::CELL)?;
    Ok(Some(Entry {
        place,
        cell: low_place(cell),
        generation,
    }))
}

/// The places of all slots.
pub(crate) fn slots(heap: &Heap) -> Result<Vec<Place>> {
    (0..table::count(heap, header::SLOT_COUNT)?)
        .map(|number| slot_place(heap, number))
        .collect()
}

/// The place of slot `number`.
pub(crate) fn slot_place(heap: &Heap, number: u32) -> Result<Place> {
    let entry = table::entry(heap, header::SLOT_TABLE, number)?;
    heap.load_place(entry.ok_or(Error::Corrupt {
        what: "a slot is missing from its table",
    })?)
}

/// Sends every writer that is bound to that generation of the series back to bind again.
pub(crate) fn break_bindings(heap: &Heap, number: u32, generation: u32) -> Result<()> {
    // SeqCst: see above. The table was changed before this fence.
    fence(Ordering::SeqCst);
    for at in slots(heap)? {
        if let Some(entry) = entry(heap, at, number)? {
            // Exchanged, since the writer may have bound itself to the next generation already. Release: the child that finds
            // the word changed also finds the change of the table. Relaxed on failure: a scrape has begun to watch the
            // binding, or the writer has ended that; then once more.
            let word = heap.word(entry.place + directory::GENERATION)?;
            let _ = word.fetch_update(Ordering::Release, Ordering::Relaxed, |found| {
                (generation_of(found) == generation).then_some(0)
            });
        }
    }
    Ok(())
}

/// Whether any writer, dead or alive, is bound to that generation of the series.
pub(crate) fn is_bound(heap: &Heap, number: u32, generation: u32) -> Result<bool> {
    for at in slots(heap)? {
        if entry(heap, at, number)?.is_some_and(|entry| entry.generation == generation) {
            return Ok(true);
        }
    }
    Ok(false)
}
