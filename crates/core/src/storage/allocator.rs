//! Blocks of words: a free list for each size class, and a bump pointer behind them.
//!
//! The heap has one allocator, each writer's arena another; both work inside a transaction, so that a block is never
//! allocated by halves.

use crate::error::{Error, Result};
use crate::layout::{
    ARENA_SIZE_CLASSES, LINE, PLACE_BITS, Place, SIZE_CLASSES, WORD, header, slot,
    start_of_last_segment,
};
use crate::storage::journal::Transaction;

/// Sizes up to this many words have a class of their own each.
const EXACT: u32 = 16;
/// Sizes up to this many words are rounded up to even ones.
const EVEN: u32 = 64;

/// Where an allocator keeps its words.
#[derive(Clone, Copy)]
pub(crate) struct Allocator {
    bump: Place,
    limit: Place,
    free_lists: Place,
    classes: u32,
    /// Counts the words that are allocated.
    used: Option<Place>,
}

/// The size class of a block, and the words that blocks of this class have.
///
/// Above [`EVEN`] there are four classes an octave, all multiples of a cache line.
pub(crate) fn size_class(words: u32) -> (u32, u32) {
    if words <= EXACT {
        let words = words.max(1);
        return (words - 1, words);
    }
    if words <= EVEN {
        let words = words.next_multiple_of(2);
        return (EXACT + (words - EXACT) / 2 - 1, words);
    }
    let octave = (words - 1).ilog2();
    let step = 1 << (octave - 2);
    let rounded = words.next_multiple_of(step);
    let quarter = (rounded - (1 << octave)) / step - 1;
    (
        EXACT + (EVEN - EXACT) / 2 + 4 * (octave - EVEN.ilog2()) + quarter,
        rounded,
    )
}

impl Allocator {
    /// The allocator of the heap, for whoever holds the label-map lock.
    pub const HEAP: Allocator = Allocator {
        bump: header::BUMP,
        limit: header::RESERVED,
        free_lists: header::FREE_LISTS,
        classes: SIZE_CLASSES,
        used: Some(header::USED),
    };

    /// The allocator of the arena of the writer in the slot at that place.
    pub fn of_arena(at: Place) -> Allocator {
        Allocator {
            bump: at + slot::BUMP,
            limit: at + slot::LIMIT,
            free_lists: at + slot::FREE_LISTS,
            classes: ARENA_SIZE_CLASSES,
            used: None,
        }
    }

    /// A block of at least `words` words, or `None` when the arena needs another chunk; the heap grows by itself.
    /// What is in the block is anything; its first word must be set by the same transaction.
    pub fn allocate(&self, transaction: &mut Transaction, words: u32) -> Result<Option<Place>> {
        let (class, size) = size_class(words);
        if let Some(used) = self.used {
            transaction.add(used, i64::from(size))?;
        }
        if class < self.classes {
            let head = transaction.get_place(self.free_lists + class)?;
            if head != 0 {
                let next = transaction.get(head)?;
                transaction.set(self.free_lists + class, next)?;
                return Ok(Some(head));
            }
        }
        let bump = transaction.get_place(self.bump)?;
        let mut start = if size > EVEN {
            bump.next_multiple_of(LINE)
        } else {
            bump
        };
        let limit = transaction.get_place(self.limit)?;
        if self.used.is_some() {
            // Whoever died between growth and commit has left the words before the newest segment without memory.
            start = start.max(start_of_last_segment(limit));
        }
        if start.saturating_add(size) > limit {
            if self.used.is_none() {
                return Ok(None);
            }
            start = transaction.words().extend(start, size)?;
        }
        transaction.set(self.bump, u64::from(start + size))?;
        Ok(Some(start))
    }

    /// A block of the heap itself: as [`Allocator::allocate`].
    pub fn allocate_in_heap(transaction: &mut Transaction, words: u32) -> Result<Place> {
        let block = Allocator::HEAP.allocate(transaction, words)?;
        block.ok_or(Error::Full {
            bytes: u64::from(words) * WORD as u64,
        })
    }

    /// Gives a block back.
    pub fn free(&self, transaction: &mut Transaction, place: Place, words: u32) -> Result<()> {
        // What a corrupt word says a block has goes beyond any number that classes are counted with.
        if words >> PLACE_BITS != 0 {
            return Err(Error::Corrupt {
                what: "a block is longer than the heap",
            });
        }
        let (class, size) = size_class(words);
        if let Some(used) = self.used {
            transaction.add(used, -i64::from(size))?;
        }
        if class < self.classes {
            let head = transaction.get(self.free_lists + class)?;
            transaction.set(place, head)?;
            transaction.set(self.free_lists + class, u64::from(place))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod properties;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{HeapOptions, Writer};

    #[test]
    fn size_classes_grow_with_the_size_and_hold_it() {
        let mut last = (0, 0);
        for words in 1..20_000 {
            let (class, size) = size_class(words);
            assert!(
                size >= words && size <= words + words / 4 + 1,
                "{words}: {size}"
            );
            assert!(
                class == last.0 && size == last.1
                    || class == last.0 + u32::from(words > 1) && size > last.1
            );
            assert_eq!(size_class(size), (class, size));
            assert!(size <= EVEN || size % LINE == 0);
            last = (class, size);
        }
        assert!(size_class(1 << 22).0 < SIZE_CLASSES);
        assert!(size_class(1100).0 < ARENA_SIZE_CLASSES);
    }

    #[test]
    fn a_block_that_is_longer_than_the_heap_is_not_given_back() {
        let writer = Writer::attach(&HeapOptions::default(), 0).unwrap();
        let mut exclusive = writer.heap().lock().unwrap();
        for words in [1 << PLACE_BITS, u32::MAX] {
            let freed = Allocator::HEAP.free(&mut exclusive.transaction(), header::END, words);
            assert!(matches!(freed, Err(Error::Corrupt { .. })));
        }
    }
}
