//! The catalog: registries and families.
//!
//! ```text
//! table of registries:  number -> record (key)
//! table of families:    number -> record (declaration)
//! ```
//!
//! Neither ever goes: their numbers are good for as long as the heap is.

use crate::catalog::declarations;
use crate::error::{Error, Result};
use crate::layout::{WORD, family, header};
use crate::model::declaration::FamilySpec;
use crate::storage::allocator::Allocator;
use crate::storage::heap::Heap;
use crate::storage::table;
use std::sync::Arc;

/// The number of the registry with that key, if there is one.
pub(crate) fn find_registry(heap: &Heap, key: &str) -> Result<Option<u32>> {
    for number in 0..table::count(heap, header::REGISTRY_COUNT)? {
        let entry = table::entry(heap, header::REGISTRY_TABLE, number)?;
        let record = heap.load_place(entry.ok_or(Error::Corrupt {
            what: "a registry is missing from its table",
        })?)?;
        let length = heap.load(record)? as usize;
        if length == key.len() {
            let mut bytes = Vec::new();
            heap.read_bytes(record + 1, length, &mut bytes)?;
            if bytes == key.as_bytes() {
                return Ok(Some(number));
            }
        }
    }
    Ok(None)
}

/// The number of the registry with that key, made if it is new.
pub(crate) fn registry(heap: &Heap, key: &str) -> Result<u32> {
    if let Some(number) = find_registry(heap, key)? {
        return Ok(number);
    }
    let mut exclusive = heap.map_lock.acquire(heap)?;
    if let Some(number) = find_registry(heap, key)? {
        return Ok(number);
    }
    let mut transaction = exclusive.transaction();
    let record =
        Allocator::allocate_in_heap(&mut transaction, 1 + key.len().div_ceil(WORD) as u32)?;
    heap.write_bytes(record + 1, key.as_bytes())?;
    transaction.set(record, key.len() as u64)?;
    let number = table::append(
        &mut transaction,
        header::REGISTRY_TABLE,
        header::REGISTRY_COUNT,
        record,
    )?;
    transaction.commit()?;
    Ok(number)
}

/// What came of a declaration.
pub(crate) struct Declared {
    pub number: u32,
    /// Whether another declaration of the same name in one of the same registries was there.
    pub conflict: bool,
}

/// The family with that declaration, made if it is new.
pub(crate) fn declare(heap: &Heap, spec: &FamilySpec) -> Result<Declared> {
    spec.check()?;
    let encoded = spec.encode();
    let known = find_family(heap, spec, &encoded)?;
    if let (Some(number), conflict) = known {
        return Ok(Declared { number, conflict });
    }
    let mut exclusive = heap.map_lock.acquire(heap)?;
    let (number, conflict) = find_family(heap, spec, &encoded)?;
    if let Some(number) = number {
        return Ok(Declared { number, conflict });
    }
    let (identity, bytes) = encoded;
    let mut transaction = exclusive.transaction();
    let record = Allocator::allocate_in_heap(
        &mut transaction,
        family::TEXT + bytes.len().div_ceil(WORD) as u32,
    )?;
    transaction.set(record + family::HASH, spec.hash())?;
    transaction.set(record + family::SERIES, 0)?;
    transaction.set(
        record + family::LENGTH,
        (identity as u64) << 32 | bytes.len() as u64,
    )?;
    heap.write_bytes(record + family::TEXT, &bytes)?;
    if conflict {
        transaction.add(header::CONFLICTS, 1)?;
    }
    let number = table::append(
        &mut transaction,
        header::FAMILY_TABLE,
        header::FAMILY_COUNT,
        record,
    )?;
    transaction.commit()?;
    Ok(Declared { number, conflict })
}

/// The family with exactly that declaration, and whether there is a different one that it conflicts with.
fn find_family(
    heap: &Heap,
    spec: &FamilySpec,
    encoded: &(usize, Vec<u8>),
) -> Result<(Option<u32>, bool)> {
    let (mut conflict, mut bytes) = (false, Vec::new());
    for number in 0..table::count(heap, header::FAMILY_COUNT)? {
        let record = declarations::record(heap, number)?;
        if heap.load(record + family::HASH)? != spec.hash() {
            continue;
        }
        let identity = (heap.load(record + family::LENGTH)? >> 32) as usize;
        bytes.clear();
        heap.read_bytes(record + family::TEXT, identity, &mut bytes)?;
        if bytes == encoded.1[..encoded.0] {
            return Ok((Some(number), conflict));
        }
        let other: Arc<FamilySpec> = heap.declarations.get(heap, number)?;
        conflict |= other.name == spec.name
            && other
                .registries
                .iter()
                .any(|registry| spec.registries.contains(registry));
    }
    Ok((None, conflict))
}
