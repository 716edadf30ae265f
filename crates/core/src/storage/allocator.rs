//! Blocks of words, in the heap and in the arenas of the writers.
//!
//! Both allocators work inside a transaction, so a block is allocated wholly or not at all. They differ in their cost. Each
//! block of the heap has a tag, and free neighbours become one block again: freed room serves any size. The cells of a
//! writer have no tag and may be one word long: a freed cell serves its own size, or is split.

mod arena;
mod heap;
mod sizes;

#[cfg(any(test, feature = "verification"))]
pub(crate) use heap::{FREE, before_of, size_of};
#[cfg(any(test, feature = "verification"))]
pub(crate) use sizes::size_class;

use crate::error::Result;
use crate::layout::Place;
use crate::storage::journal::Transaction;

/// The owner of the blocks.
#[derive(Clone, Copy)]
pub(crate) enum Allocator {
    /// The holder of the label-map lock, in the heap itself.
    Heap,
    /// The writer whose slot is at that place, in its arena.
    Arena(Place),
}

impl Allocator {
    /// A block of at least `words` words. `None`: the arena needs another chunk. The heap itself grows.
    ///
    /// The block holds arbitrary words. The same transaction must set the first one.
    pub fn allocate(self, transaction: &mut Transaction, words: u32) -> Result<Option<Place>> {
        match self {
            Allocator::Heap => heap::allocate(transaction, words, false).map(Some),
            Allocator::Arena(slot) => arena::allocate(transaction, slot, words),
        }
    }

    /// A block of the heap itself: as [`Allocator::allocate`].
    pub fn allocate_in_heap(transaction: &mut Transaction, words: u32) -> Result<Place> {
        heap::allocate(transaction, words, false)
    }

    /// The same, beginning with a cache line, for words that a single writer stores to.
    pub fn allocate_aligned(transaction: &mut Transaction, words: u32) -> Result<Place> {
        heap::allocate(transaction, words, true)
    }

    /// Frees a block of at least `words` words.
    pub fn free(self, transaction: &mut Transaction, place: Place, words: u32) -> Result<()> {
        match self {
            Allocator::Heap => heap::free(transaction, place, words),
            Allocator::Arena(slot) => arena::free(transaction, slot, place, words),
        }
    }
}

#[cfg(test)]
mod properties;
