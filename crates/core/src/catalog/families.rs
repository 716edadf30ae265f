//! Families: a number for each declaration.
//!
//! Nothing removes a family, so its number is valid while the heap exists.

use crate::error::{Error, Result};
use crate::layout::{Place, WORD, family, header};
use crate::model::declaration::FamilySpec;
use crate::storage::allocator::Allocator;
use crate::storage::growing_table;
use crate::storage::heap::Heap;
use crate::storage::table;
use crate::storage::words::Words;
use std::sync::{Arc, PoisonError};

/// The declaration of family `number`.
pub(crate) fn declaration(heap: &Heap, number: u32) -> Result<Arc<FamilySpec>> {
    let mut known = heap
        .declarations
        .lock()
        .unwrap_or_else(PoisonError::into_inner);
    if let Some(Some(spec)) = known.get(number as usize) {
        return Ok(spec.clone());
    }
    let spec = Arc::new(read(&heap.words, number)?);
    if known.len() <= number as usize {
        known.resize(number as usize + 1, None);
    }
    known[number as usize] = Some(spec.clone());
    Ok(spec)
}

fn read(words: &Words, number: u32) -> Result<FamilySpec> {
    const CORRUPT: Error = Error::Corrupt {
        what: "the declaration of a family can't be read",
    };
    let record = record(words, number)?;
    let mut bytes = Vec::new();
    let length = words.load(record + family::LENGTH)? as u32;
    words.read_bytes(record + family::TEXT, length as usize, &mut bytes)?;
    let spec = FamilySpec::decode(&bytes).ok_or(CORRUPT)?;
    // No writer stores a declaration that fails this check.
    spec.check().map_err(|_| CORRUPT)?;
    Ok(spec)
}

/// The place of the record of family `number`.
pub(crate) fn record(words: &Words, number: u32) -> Result<Place> {
    // The count bounds the number, which the caller may have from JavaScript.
    if u64::from(number) >= words.load(header::FAMILY_COUNT)? {
        return Err(Error::BadArgument {
            what: "there is no family of that number",
        });
    }
    let entry = table::entry(words, header::FAMILY_TABLE, number)?;
    words.load_place(entry.ok_or(Error::Corrupt {
        what: "a family is missing from its table",
    })?)
}

/// The family of a declaration.
pub(crate) struct Declared {
    pub number: u32,
    /// Whether a different declaration has the same name in one of the same registries.
    pub conflict: bool,
}

/// The family with that declaration, which is made if it is new.
pub(crate) fn declare(heap: &Heap, spec: &FamilySpec) -> Result<Declared> {
    spec.check()?;
    let encoded = spec.encode();
    if let (Some(number), conflict) = find(heap, spec, &encoded)? {
        return Ok(Declared { number, conflict });
    }
    let mut exclusive = heap.lock()?;
    let (number, conflict) = find(heap, spec, &encoded)?;
    if let Some(number) = number {
        return Ok(Declared { number, conflict });
    }
    let (identity, bytes) = encoded;
    let mut transaction = exclusive.transaction();
    let length = family::TEXT + bytes.len().div_ceil(WORD) as u32;
    let record = Allocator::allocate_in_heap(&mut transaction, length)?;
    transaction.set(record + family::HASH, spec.hash())?;
    transaction.set(record + family::SERIES, 0)?;
    transaction.set(
        record + family::LENGTH,
        (identity as u64) << 32 | bytes.len() as u64,
    )?;
    heap.words.write_bytes(record + family::TEXT, &bytes)?;
    if conflict {
        transaction.add(header::CONFLICTS, 1)?;
    }
    let (root, count) = (header::FAMILY_TABLE, header::FAMILY_COUNT);
    let number = growing_table::append(&mut transaction, root, count, record)?;
    transaction.commit()?;
    Ok(Declared { number, conflict })
}

/// The family with exactly that declaration, and whether a different declaration conflicts with it.
fn find(
    heap: &Heap,
    spec: &FamilySpec,
    (identity, encoded): &(usize, Vec<u8>),
) -> Result<(Option<u32>, bool)> {
    let words = &heap.words;
    let (mut found, mut conflict, mut bytes) = (None, false, Vec::new());
    for number in 0..table::count(words, header::FAMILY_COUNT)? {
        let record = record(words, number)?;
        if words.load(record + family::HASH)? != spec.hash() {
            continue;
        }
        let length = (words.load(record + family::LENGTH)? >> 32) as usize;
        bytes.clear();
        words.read_bytes(record + family::TEXT, length, &mut bytes)?;
        if bytes == encoded[..*identity] {
            found = Some(number);
        } else {
            conflict |= declaration(heap, number)?.conflicts_with(spec);
        }
    }
    Ok((found, conflict))
}
