//! Registries: a number for each key.
//!
//! Nothing removes a registry, so its number is valid while the heap exists.

use crate::error::{Error, Result};
use crate::layout::{Place, WORD, header};
use crate::storage::allocator::Allocator;
use crate::storage::growing_table;
use crate::storage::heap::Heap;
use crate::storage::table;
use crate::storage::words::Words;

/// The place of the record of a registry.
fn record_of(words: &Words, number: u32) -> Result<Place> {
    let entry = table::entry(words, header::REGISTRY_TABLE, number)?;
    words.load_place(entry.ok_or(Error::Corrupt {
        what: "a registry is missing from its table",
    })?)
}

/// The keys of all registries, in the order of their numbers.
pub(crate) fn keys(words: &Words) -> Result<Vec<String>> {
    let key = |number| {
        let record = record_of(words, number)?;
        let mut bytes = Vec::new();
        words.read_bytes(record + 1, words.load(record)? as usize, &mut bytes)?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    };
    (0..table::count(words, header::REGISTRY_COUNT)?)
        .map(key)
        .collect()
}

/// The number of the registry with that key, if there is one.
pub(crate) fn find(words: &Words, key: &str) -> Result<Option<u32>> {
    for number in 0..table::count(words, header::REGISTRY_COUNT)? {
        let record = record_of(words, number)?;
        let length = words.load(record)? as usize;
        if length == key.len() {
            let mut bytes = Vec::new();
            words.read_bytes(record + 1, length, &mut bytes)?;
            if bytes == key.as_bytes() {
                return Ok(Some(number));
            }
        }
    }
    Ok(None)
}

/// The number of the registry with that key, which is made if it is new.
pub(crate) fn find_or_make(heap: &Heap, key: &str) -> Result<u32> {
    let words = &heap.words;
    if let Some(number) = find(words, key)? {
        return Ok(number);
    }
    let mut exclusive = heap.lock()?;
    if let Some(number) = find(words, key)? {
        return Ok(number);
    }
    let mut transaction = exclusive.transaction();
    let record =
        Allocator::allocate_in_heap(&mut transaction, 1 + key.len().div_ceil(WORD) as u32)?;
    words.write_bytes(record + 1, key.as_bytes())?;
    transaction.set(record, key.len() as u64)?;
    let (root, count) = (header::REGISTRY_TABLE, header::REGISTRY_COUNT);
    let number = growing_table::append(&mut transaction, root, count, record)?;
    transaction.commit()?;
    Ok(number)
}
