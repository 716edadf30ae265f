//! A table that grows by pages, each twice as long as the one before: its entries never move.

use crate::error::{Error, Result};
use crate::layout::{Place, TABLE_FIRST, TABLE_PAGES};
use crate::storage::allocator::Allocator;
use crate::storage::heap::Heap;
use crate::storage::journal::Transaction;
use crate::sync::AtomicU64;

/// As many entries as a table can have.
const LONGEST: u32 = TABLE_FIRST * ((1 << TABLE_PAGES) - 1);

/// The page of entry `number`, and the entry's index in it.
#[inline]
pub(crate) fn locate(number: u32) -> Result<(u32, u32)> {
    if number >= LONGEST {
        return Err(Error::Corrupt {
            what: "a number is greater than a table can have",
        });
    }
    let page = (number / TABLE_FIRST + 1).ilog2();
    Ok((page, number - TABLE_FIRST * ((1 << page) - 1)))
}

/// How many entries a page has.
fn page_length(page: u32) -> u32 {
    TABLE_FIRST << page
}

/// The place of entry `number` of the table whose pages are listed from `root` on; `None` when it has no page yet.
#[inline]
pub(crate) fn entry(heap: &Heap, root: Place, number: u32) -> Result<Option<Place>> {
    let (page, index) = locate(number)?;
    let start = heap.load_place(root + page)?;
    Ok((start != 0).then_some(start + index))
}

/// The pages that hold the first `count` entries.
pub(crate) fn pages(heap: &Heap, root: Place, count: u32) -> Result<Vec<&[AtomicU64]>> {
    let last = match count.checked_sub(1) {
        Some(last) => locate(last)?.0,
        None => return Ok(Vec::new()),
    };
    (0..=last)
        .map(|page| match heap.load_place(root + page)? {
            0 => Err(Error::Corrupt {
                what: "a page of a table is missing",
            }),
            start => heap.words(start, page_length(page)),
        })
        .collect()
}

/// As [`entry`], making the page if it is missing; `None` when the allocator is exhausted.
pub(crate) fn entry_or_page(
    transaction: &mut Transaction,
    allocator: Allocator,
    root: Place,
    number: u32,
) -> Result<Option<Place>> {
    let (page, index) = locate(number)?;
    let mut start = transaction.get_place(root + page)?;
    if start == 0 {
        let Some(block) = allocator.allocate(transaction, page_length(page))? else {
            return Ok(None);
        };
        transaction.heap().clear_tail(block, page_length(page))?;
        transaction.set(block, 0)?;
        transaction.set(root + page, u64::from(block))?;
        start = block;
    }
    Ok(Some(start + index))
}

/// How many entries a table has, from the word that counts them.
pub(crate) fn count(heap: &Heap, count: Place) -> Result<u32> {
    // The bound is generous, and keeps a corrupt count from being looped over for ever.
    u32::try_from(heap.load(count)?)
        .ok()
        .filter(|count| *count <= LONGEST)
        .ok_or(Error::Corrupt {
            what: "a table is longer than it can be",
        })
}

/// The place of entry `number` of one of the heap's own tables, whose page is made if it is missing.
pub(crate) fn heap_entry(transaction: &mut Transaction, root: Place, number: u32) -> Result<Place> {
    entry_or_page(transaction, Allocator::Heap, root, number)?.ok_or(Error::Full { bytes: 0 })
}

/// Puts a record at the end of one of the heap's own tables, and returns its number.
pub(crate) fn append(
    transaction: &mut Transaction,
    root: Place,
    count: Place,
    record: Place,
) -> Result<u32> {
    let number = transaction.get(count)? as u32;
    let entry = heap_entry(transaction, root, number)?;
    transaction.set(entry, u64::from(record))?;
    transaction.set(count, u64::from(number) + 1)?;
    Ok(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_fill_the_pages_without_gaps() {
        let (mut page, mut index) = (0, 0);
        for number in 0..10_000 {
            assert_eq!(locate(number).unwrap(), (page, index));
            index += 1;
            if index == page_length(page) {
                (page, index) = (page + 1, 0);
            }
        }
    }
}
