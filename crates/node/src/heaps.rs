//! The list of all heaps of this machine, and the removal of heaps without a writer.

use crate::error::{Result, thrown};
use mpmetrics_core::HeapState;
use napi_derive::napi;

/// One heap of the list.
#[napi(object, object_from_js = false, use_nullable = true)]
pub struct HeapEntry {
    /// Its name; `null` if it belongs to another user, or if an older version without names in the list has made it.
    pub name: Option<String>,
    /// The letters that heaps of one name and user have in common, whatever their layout.
    pub key: String,
    /// The version of its layout.
    pub layout: u32,
    /// Writers hold it (`held`), it is kept without a writer (`kept`), the next start of a program removes it (`left`), or
    /// it belongs to another user (`foreign`).
    #[napi(ts_type = "'held' | 'kept' | 'left' | 'foreign'")]
    pub state: &'static str,
    /// The end of the time for which it is kept, in seconds since the Unix epoch; `null` in the other states.
    pub kept_until: Option<f64>,
    /// The path of its gate.
    pub gate: String,
}

impl From<mpmetrics_core::HeapEntry> for HeapEntry {
    fn from(entry: mpmetrics_core::HeapEntry) -> Self {
        let (state, kept_until) = match entry.state {
            HeapState::Held => ("held", None),
            HeapState::Kept { until } => ("kept", Some(until)),
            HeapState::Left => ("left", None),
            HeapState::Foreign => ("foreign", None),
        };
        Self {
            name: entry.name.map(|name| name.as_str().to_owned()),
            key: entry.key,
            layout: entry.layout as u32,
            state,
            kept_until,
            gate: entry.gate,
        }
    }
}

/// All heaps of this machine, by name. This call only looks.
#[napi(catch_unwind)]
pub fn heaps() -> Result<Vec<HeapEntry>> {
    let heaps = mpmetrics_core::heaps().map_err(thrown)?;
    Ok(heaps.into_iter().map(HeapEntry::from).collect())
}

/// Removes this user's heaps without a writer, and returns them. Kept heaps stay, unless `kept` is true.
#[napi(catch_unwind)]
pub fn clean_heaps(kept: bool) -> Result<Vec<HeapEntry>> {
    let removed = mpmetrics_core::clean(kept).map_err(thrown)?;
    Ok(removed.into_iter().map(HeapEntry::from).collect())
}
