//! The declarations of a heap, as this process has read them.

use crate::error::{Error, Result};
use crate::layout::{Place, family, header};
use crate::model::declaration::FamilySpec;
use crate::storage::heap::Heap;
use crate::storage::table;
use std::sync::{Arc, Mutex};

/// The declarations of a heap as read by this process: they never change, so each is read once.
#[derive(Default)]
pub(crate) struct Declarations(Mutex<Vec<Option<Arc<FamilySpec>>>>);

impl Declarations {
    /// The declaration of family `number`.
    pub fn get(&self, heap: &Heap, number: u32) -> Result<Arc<FamilySpec>> {
        let mut known = self
            .0
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner());
        if let Some(Some(spec)) = known.get(number as usize) {
            return Ok(spec.clone());
        }
        let spec = Arc::new(read(heap, number)?);
        if known.len() <= number as usize {
            known.resize(number as usize + 1, None);
        }
        known[number as usize] = Some(spec.clone());
        Ok(spec)
    }
}

fn read(heap: &Heap, number: u32) -> Result<FamilySpec> {
    const CORRUPT: Error = Error::Corrupt {
        what: "the declaration of a family can't be read",
    };
    let record = record(heap, number)?;
    let mut bytes = Vec::new();
    let length = heap.load(record + family::LENGTH)? as u32;
    heap.read_bytes(record + family::TEXT, length as usize, &mut bytes)?;
    let spec = FamilySpec::decode(&bytes).ok_or(CORRUPT)?;
    // What nobody could have declared is no declaration.
    spec.check().map_err(|_| CORRUPT)?;
    Ok(spec)
}

/// The place of the record of family `number`.
pub(crate) fn record(heap: &Heap, number: u32) -> Result<Place> {
    // The count bounds the number, so that a number from elsewhere leads nowhere else.
    if u64::from(number) >= heap.load(header::FAMILY_COUNT)? {
        return Err(Error::BadArgument {
            what: "there is no family of that number",
        });
    }
    let entry = table::entry(heap, header::FAMILY_TABLE, number)?;
    heap.load_place(entry.ok_or(Error::Corrupt {
        what: "a family is missing from its table",
    })?)
}
