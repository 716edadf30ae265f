//! Labels from JavaScript, and bindings for JavaScript.

use crate::error::{Result, bad_argument};
use mpmetrics_core::Labels;
use napi_derive::napi;

/// The binding of a writer to a series. Places are indexes of words, counted through all segments.
#[napi(object, object_from_js = false)]
pub struct Binding {
    /// The cell.
    pub cell: u32,
    /// The word that shows whether the binding holds.
    pub generation_place: u32,
    /// The value of that word while the binding holds.
    pub generation: u32,
}

impl From<mpmetrics_core::Binding> for Binding {
    fn from(binding: mpmetrics_core::Binding) -> Self {
        Self {
            cell: binding.cell,
            generation_place: binding.generation_place,
            generation: binding.generation,
        }
    }
}

/// Labels from an alternating list of names and values.
pub fn to_labels(labels: &[String]) -> Result<Labels> {
    let (pairs, rest) = labels.as_chunks::<2>();
    if !rest.is_empty() {
        return Err(bad_argument("labels are names and values in turn"));
    }
    Ok(Labels::new(
        pairs
            .iter()
            .map(|[name, value]| (name.as_str(), value.as_str())),
    ))
}
