//! Declarations that keep the values of other processes off the page.

use super::slots::SlotView;
use crate::catalog::families;
use crate::error::Result;
use crate::layout::{header, slot};
use crate::membership::writer::Writer;
use crate::model::declaration::FamilySpec;
use crate::storage::heap::Heap;
use crate::storage::table;

/// The difference between a declaration and that of another writer under the same name, in one of the same registries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rival {
    /// The type, the labels, the buckets or another option. The other declaration is older, so pages show it.
    Declaration,
    /// Only the registries.
    Registries,
}

/// The difference between a family that the writer contributes to and the family of the same name that another live writer
/// contributes to. `None`: no other live writer contributes to a family of that name, or this writer has left its own.
pub fn rival(writer: &Writer, number: u32) -> Result<Option<Rival>> {
    let heap = writer.heap();
    let own = families::declaration(heap, number)?;
    let slots = SlotView::all(&heap.words)?;
    let (mine, others): (Vec<_>, Vec<_>) =
        (slots.into_iter().filter(|slot| slot.live)).partition(|slot| slot.at == writer.at());
    if !is_declared(heap, &mine, number)? {
        return Ok(None);
    }
    for other in 0..table::count(&heap.words, header::FAMILY_COUNT)? {
        let spec = families::declaration(heap, other)?;
        if other == number || !own.conflicts_with(&spec) || !is_declared(heap, &others, other)? {
            continue;
        }
        let differs_only_in_registries = own.as_ref()
            == &FamilySpec {
                registries: own.registries.clone(),
                help: own.help.clone(),
                ..FamilySpec::clone(&spec)
            };
        if differs_only_in_registries {
            return Ok(Some(Rival::Registries));
        }
        if other < number {
            return Ok(Some(Rival::Declaration));
        }
    }
    Ok(None)
}

/// Whether one of those writers contributes to the family.
fn is_declared(heap: &Heap, slots: &[SlotView], number: u32) -> Result<bool> {
    for slot in slots {
        if let Some(place) = table::entry(&heap.words, slot.at + slot::FAMILIES, number)?
            && heap.words.load(place)? as u32 == slot.incarnation
        {
            return Ok(true);
        }
    }
    Ok(false)
}
