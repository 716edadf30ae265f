//! The growth of tables: missing pages, and records at the end.

use crate::error::{Error, Result};
use crate::layout::Place;
use crate::storage::allocator::Allocator;
use crate::storage::journal::Transaction;
use crate::storage::table::{locate, page_length};

/// As [`crate::storage::table::entry`], making the page if it is missing; `None` when the allocator is exhausted.
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
        transaction.words().clear_tail(block, page_length(page))?;
        transaction.set(block, 0)?;
        transaction.set(root + page, u64::from(block))?;
        start = block;
    }
    Ok(Some(start + index))
}

/// The place of entry `number` of one of the heap's own tables. Its page is made if it is missing.
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
