//! The blocks of the heap: each has a tag in front, and free neighbours become one block.
//!
//! ```text
//! tag of a block    | words of the block before, if that is free | free | words, tag included |
//! a free block      | tag | next and previous of its list | anything ... |
//! ```
//!
//! The blocks of a segment follow each other without a gap, from its first word to [`header::BUMP`]. In a full segment they
//! end at a fence, a tag for the rest of the segment.
//!
//! Invariants: no two free blocks are neighbours; the block before the bump pointer is not free; the word at the bump
//! pointer has memory, so that a fence fits there.

use super::sizes::{EVEN, check_length, class_within, size_class};
use crate::error::{Error, Result};
use crate::layout::{
    LINE, Place, SIZE_CLASSES, header, high_place, locate, low_place, segment_length,
    segment_start, start_of_last_segment,
};
use crate::storage::journal::Transaction;

/// Marks the tag of a free block.
pub(crate) const FREE: u64 = 1 << 31;
/// The fewest words of a block: a tag, and the link of a free one.
pub(crate) const SMALLEST: u32 = 2;

/// How many words a block has, including its tag.
pub(crate) fn size_of(tag: u64) -> u32 {
    low_place(tag)
}

/// How many words the block before has if it is free; 0: it is not.
pub(crate) fn before_of(tag: u64) -> u32 {
    high_place(tag)
}

fn tag(size: u32, free: u64, before: u32) -> u64 {
    u64::from(before) << 32 | free | u64::from(size)
}

fn corrupt<T>() -> Result<T> {
    Err(Error::Corrupt {
        what: "the tags of two blocks contradict each other",
    })
}

/// The words of a block with its tag. Long blocks are not rounded up to their class: chunks and pages are a power of two, and
/// the class above is a quarter longer.
fn size_with_tag(words: u32) -> u32 {
    let size = words.saturating_add(1);
    if size <= EVEN {
        size_class(size).1
    } else {
        size.checked_next_multiple_of(LINE).unwrap_or(size)
    }
}

/// A block that begins with a cache line if it is `aligned`.
pub(super) fn allocate(transaction: &mut Transaction, words: u32, aligned: bool) -> Result<Place> {
    let size = size_with_tag(words);
    let room = if aligned { size + LINE + 1 } else { size };
    let found = match first_free(transaction, size_class(room).0)? {
        Some(block) => cut(transaction, block, size, aligned)?,
        None => advance(transaction, size, room, aligned)?,
    };
    let Piece {
        start,
        size,
        before,
    } = found;
    transaction.set(start, tag(size, 0, before))?;
    transaction.add(header::USED, i64::from(size))?;
    Ok(start + 1)
}

/// A part of a free block, or of the words that were never used.
struct Piece {
    start: Place,
    size: u32,
    /// The words of the free block in front of it.
    before: u32,
}

/// How many words must stay in front, so that the block behind its tag begins with a cache line.
fn words_in_front(start: Place, aligned: bool) -> u32 {
    if !aligned {
        return 0;
    }
    match (start + 1).next_multiple_of(LINE) - (start + 1) {
        // One word is no block.
        1 => 1 + LINE,
        front => front,
    }
}

/// The first block of the shortest class from `class` on that has any.
fn first_free(transaction: &Transaction, class: u32) -> Result<Option<Place>> {
    let mut class = class;
    while class < SIZE_CLASSES {
        let word = transaction.get(header::FREE_CLASSES + class / 64)? >> (class % 64);
        if word == 0 {
            class = (class / 64 + 1) * 64;
            continue;
        }
        class += word.trailing_zeros();
        let head = transaction.get_place(header::FREE_LISTS + class)?;
        return if head == 0 { corrupt() } else { Ok(Some(head)) };
    }
    Ok(None)
}

/// Takes a free block that is long enough, and frees the rest of it.
fn cut(transaction: &mut Transaction, block: Place, size: u32, aligned: bool) -> Result<Piece> {
    let found = transaction.get(block)?;
    let total = size_of(found);
    unlink(transaction, block, total)?;
    let front = words_in_front(block, aligned);
    let Some(rest) = total.checked_sub(front + size) else {
        return corrupt();
    };
    if front > 0 {
        insert(transaction, block, front, before_of(found))?;
    }
    let start = block + front;
    let size = if rest < SMALLEST {
        set_before(transaction, block + total, 0)?;
        size + rest
    } else {
        insert(transaction, start + size, rest, 0)?;
        set_before(transaction, block + total, rest)?;
        size
    };
    let before = if front > 0 { front } else { before_of(found) };
    Ok(Piece {
        start,
        size,
        before,
    })
}

/// Takes words that were never used; the heap grows if they have no memory yet.
fn advance(transaction: &mut Transaction, size: u32, room: u32, aligned: bool) -> Result<Piece> {
    check_length(room)?;
    let bump = transaction.get_place(header::BUMP)?;
    let limit = transaction.get_place(header::RESERVED)?;
    // A holder of the lock that died between growth and commit has left the bump pointer before the newest segment.
    let mut start = bump.max(start_of_last_segment(limit));
    let end = |start: Place| start.saturating_add(words_in_front(start, aligned) + size);
    // One more, for a fence.
    if end(start) >= limit {
        start = transaction.words().extend(start, room + 1)?;
    }
    if locate(start).0 != locate(bump).0 {
        close_segment(transaction, bump, limit)?;
    }
    let front = words_in_front(start, aligned);
    if front > 0 {
        insert(transaction, start, front, 0)?;
    }
    transaction.set(header::BUMP, u64::from(end(start)))?;
    Ok(Piece {
        start: start + front,
        size,
        before: front,
    })
}

/// Ends a segment that is full from `bump` on. Words with memory below `limit` become a free block, and a fence takes the
/// rest.
fn close_segment(transaction: &mut Transaction, bump: Place, limit: Place) -> Result<()> {
    let (segment, _) = locate(bump);
    let end = segment_start(segment) + segment_length(segment);
    // If the limit lies in another segment, it is unknown how much memory this segment has.
    let room = match limit.checked_sub(bump + 1) {
        Some(room) if limit <= end && room >= SMALLEST => room,
        _ => 0,
    };
    if room > 0 {
        insert(transaction, bump, room, 0)?;
    }
    transaction.set(bump + room, tag(end - bump - room, 0, room))
}

/// Gives a block back, together with free neighbours.
pub(super) fn free(transaction: &mut Transaction, place: Place, words: u32) -> Result<()> {
    check_length(words)?;
    let mut start = match place.checked_sub(1) {
        Some(start) if start >= header::END => start,
        _ => return corrupt(),
    };
    let found = transaction.get(start)?;
    let mut size = size_of(found);
    if found & FREE != 0 || size <= words {
        return corrupt();
    }
    transaction.add(header::USED, -i64::from(size))?;
    let end = start + size;
    let mut before = before_of(found);
    if before > 0 {
        let Some(neighbour) = start.checked_sub(before) else {
            return corrupt();
        };
        let other = transaction.get(neighbour)?;
        if other & FREE == 0 || size_of(other) != before {
            return corrupt();
        }
        unlink(transaction, neighbour, before)?;
        start = neighbour;
        size += before;
        before = before_of(other);
    }
    if end == transaction.get_place(header::BUMP)? {
        return transaction.set(header::BUMP, u64::from(start));
    }
    let next = transaction.get(end)?;
    let mut end = end;
    if next & FREE != 0 {
        unlink(transaction, end, size_of(next))?;
        size += size_of(next);
        end += size_of(next);
    }
    insert(transaction, start, size, before)?;
    set_before(transaction, end, size)
}

/// Stores in a block how many free words lie in front of it. Behind the last block there is no block to store it in.
fn set_before(transaction: &mut Transaction, block: Place, before: u32) -> Result<()> {
    if block == transaction.get_place(header::BUMP)? {
        return Ok(());
    }
    let found = transaction.get(block)?;
    transaction.set(block, tag(size_of(found), found & FREE, before))
}

/// Makes a free block, and puts it in front of the list of its class.
fn insert(transaction: &mut Transaction, block: Place, size: u32, before: u32) -> Result<()> {
    let list = list_of(size);
    let head = transaction.get_place(header::FREE_LISTS + list)?;
    if head == 0 {
        mark(transaction, list, true)?;
    } else {
        let link = transaction.get(head + 1)?;
        transaction.set(
            head + 1,
            u64::from(block) << 32 | u64::from(low_place(link)),
        )?;
    }
    transaction.set(block, tag(size, FREE, before))?;
    transaction.set(block + 1, u64::from(head))?;
    transaction.set(header::FREE_LISTS + list, u64::from(block))
}

/// Takes a free block out of the list of its class.
fn unlink(transaction: &mut Transaction, block: Place, size: u32) -> Result<()> {
    let list = list_of(size);
    let link = transaction.get(block + 1)?;
    let (next, previous) = (low_place(link), high_place(link));
    if previous == 0 {
        if transaction.get_place(header::FREE_LISTS + list)? != block {
            return corrupt();
        }
        transaction.set(header::FREE_LISTS + list, u64::from(next))?;
        if next == 0 {
            mark(transaction, list, false)?;
        }
    } else {
        let link = transaction.get(previous + 1)?;
        transaction.set(
            previous + 1,
            u64::from(high_place(link)) << 32 | u64::from(next),
        )?;
    }
    if next != 0 {
        let link = transaction.get(next + 1)?;
        transaction.set(
            next + 1,
            u64::from(previous) << 32 | u64::from(low_place(link)),
        )?;
    }
    Ok(())
}

/// The list of a free block. The last one has all that are longer.
fn list_of(size: u32) -> u32 {
    class_within(size.max(1)).0.min(SIZE_CLASSES - 1)
}

/// Notes whether a list has blocks, so that a request finds the first list with a block.
fn mark(transaction: &mut Transaction, list: u32, has_blocks: bool) -> Result<()> {
    let place = header::FREE_CLASSES + list / 64;
    let word = transaction.get(place)?;
    let bit = 1 << (list % 64);
    transaction.set(place, if has_blocks { word | bit } else { word & !bit })
}

#[cfg(test)]
mod tests {
    use super::super::Allocator;
    use super::*;
    use crate::layout::PLACE_BITS;
    use crate::{HeapOptions, Writer};

    #[test]
    fn a_block_that_is_longer_than_the_heap_is_not_given_back() {
        let writer = Writer::attach(&HeapOptions::default(), 0).unwrap();
        let mut exclusive = writer.heap().lock().unwrap();
        for words in [1 << PLACE_BITS, u32::MAX] {
            let freed = Allocator::Heap.free(&mut exclusive.transaction(), header::END + 1, words);
            assert!(matches!(freed, Err(Error::Corrupt { .. })));
        }
    }

    #[test]
    fn freed_room_serves_any_size() {
        let writer = Writer::attach(&HeapOptions::default(), 0).unwrap();
        let mut exclusive = writer.heap().lock().unwrap();
        let mut allocate = |words: u32| {
            let mut transaction = exclusive.transaction();
            let place = Allocator::allocate_in_heap(&mut transaction, words).unwrap();
            transaction.set(place, 0).unwrap();
            transaction.commit().unwrap();
            place
        };
        let short: Vec<Place> = (0..100).map(|_| allocate(7)).collect();
        let last = allocate(7);
        let free = |place: Place, words: u32| {
            let mut exclusive = writer.heap().lock().unwrap();
            let mut transaction = exclusive.transaction();
            Allocator::Heap
                .free(&mut transaction, place, words)
                .unwrap();
            transaction.commit().unwrap();
        };
        drop(exclusive);
        // Every second block first, so that each of the others has two free neighbours.
        for index in (0..100).step_by(2).chain((1..100).step_by(2)) {
            free(short[index], 7);
        }
        let mut exclusive = writer.heap().lock().unwrap();
        let mut transaction = exclusive.transaction();
        let long = Allocator::allocate_in_heap(&mut transaction, 640).unwrap();
        assert_eq!(long, short[0]);
        assert!(long + 640 < last);
    }
}
