//! The cells of one writer: a free list for each size class, and a bump pointer behind them.

use super::sizes::{EVEN, check_length, class_within, size_class};
use crate::error::Result;
use crate::layout::{ARENA_SIZE_CLASSES, LINE, Place, slot};
use crate::storage::journal::Transaction;

/// A block of at least `words` words. `None`: the arena needs another chunk.
pub(super) fn allocate(
    transaction: &mut Transaction,
    slot: Place,
    words: u32,
) -> Result<Option<Place>> {
    let (class, size) = size_class(words);
    if let Some(block) = pop(transaction, slot, class)? {
        return Ok(Some(block));
    }
    let bump = transaction.get_place(slot + slot::BUMP)?;
    let start = if size > EVEN {
        bump.next_multiple_of(LINE)
    } else {
        bump
    };
    let limit = transaction.get_place(slot + slot::LIMIT)?;
    if start.saturating_add(size) <= limit {
        transaction.set(slot + slot::BUMP, u64::from(start + size))?;
        return Ok(Some(start));
    }
    split(transaction, slot, class, size)
}

/// Takes a longer free block, and frees the rest of it.
fn split(
    transaction: &mut Transaction,
    slot: Place,
    class: u32,
    size: u32,
) -> Result<Option<Place>> {
    let mut least = size + 1;
    loop {
        let (longer, length) = size_class(least);
        if longer >= ARENA_SIZE_CLASSES {
            return Ok(None);
        }
        debug_assert!(longer > class);
        if let Some(block) = pop(transaction, slot, longer)? {
            let mut rest = block + size;
            while rest < block + length {
                let (class, size) = class_within(block + length - rest);
                push(transaction, slot, class, rest)?;
                rest += size;
            }
            return Ok(Some(block));
        }
        least = length + 1;
    }
}

/// Frees a block of `words` words.
pub(super) fn free(
    transaction: &mut Transaction,
    slot: Place,
    place: Place,
    words: u32,
) -> Result<()> {
    check_length(words)?;
    push(transaction, slot, size_class(words).0, place)
}

fn pop(transaction: &mut Transaction, slot: Place, class: u32) -> Result<Option<Place>> {
    if class >= ARENA_SIZE_CLASSES {
        return Ok(None);
    }
    let list = slot + slot::FREE_LISTS + class;
    let head = transaction.get_place(list)?;
    if head == 0 {
        return Ok(None);
    }
    let next = transaction.get(head)?;
    transaction.set(list, next)?;
    Ok(Some(head))
}

fn push(transaction: &mut Transaction, slot: Place, class: u32, block: Place) -> Result<()> {
    if class >= ARENA_SIZE_CLASSES {
        return Ok(());
    }
    let list = slot + slot::FREE_LISTS + class;
    let head = transaction.get(list)?;
    transaction.set(block, head)?;
    transaction.set(list, u64::from(block))
}
