//! The native tier: updates of cells as plain functions, for runtimes on which JavaScript can't or
//! may not store into the heap itself.
//!
//! Each returns `false` if the generation word differs from `generation`: then nothing was stored,
//! and the caller binds again. Nothing is thrown here: an update that fails for another reason
//! returns `false` as well, so that binding, which may throw, meets the same fault. In a heap that
//! this isolate has left, updates do nothing and return `true`.

use crate::isolate::with_writer;
use mpmetrics_core::{Binding, Result, Writer};
use napi_derive::napi;

#[inline]
fn update(handle: u32, update: impl FnOnce(&Writer) -> Result<bool>) -> bool {
    with_writer(handle, update).is_none_or(|done| done.unwrap_or(false))
}

/// Adds to a counter.
#[napi]
pub fn counter_add(
    handle: u32,
    cell: u32,
    generation_place: u32,
    generation: u32,
    value: f64,
) -> bool {
    let binding = Binding {
        cell,
        generation_place,
        generation,
    };
    update(handle, |writer| writer.counter_add(binding, value))
}

/// Sets a gauge.
#[napi]
pub fn gauge_set(
    handle: u32,
    cell: u32,
    generation_place: u32,
    generation: u32,
    value: f64,
) -> bool {
    let binding = Binding {
        cell,
        generation_place,
        generation,
    };
    update(handle, |writer| writer.gauge_set(binding, value))
}

/// Adds to a gauge, from 0 if this writer has not set it yet.
#[napi]
pub fn gauge_add(
    handle: u32,
    cell: u32,
    generation_place: u32,
    generation: u32,
    value: f64,
) -> bool {
    let binding = Binding {
        cell,
        generation_place,
        generation,
    };
    update(handle, |writer| writer.gauge_add(binding, value))
}

/// Counts an observation in a bucket of a histogram; `+Inf` is the last bucket.
#[napi]
pub fn histogram_observe(
    handle: u32,
    cell: u32,
    generation_place: u32,
    generation: u32,
    bucket: u32,
    value: f64,
) -> bool {
    let binding = Binding {
        cell,
        generation_place,
        generation,
    };
    update(handle, |writer| {
        writer.histogram_observe(binding, bucket, value)
    })
}

/// Finishes an update of a histogram that was interrupted between its stores, as by a termination.
#[napi]
pub fn histogram_repair(handle: u32, cell: u32) {
    // A cell that can't be repaired has no meaning to its readers either, who report it.
    with_writer(handle, |writer| writer.histogram_repair(cell).ok());
}

/// Sets a value that all writers share.
#[napi]
pub fn shared_set(
    handle: u32,
    cell: u32,
    generation_place: u32,
    generation: u32,
    value: f64,
) -> bool {
    let binding = Binding {
        cell,
        generation_place,
        generation,
    };
    update(handle, |writer| writer.shared_set(binding, value))
}

/// Adds to a value that all writers share.
#[napi]
pub fn shared_add(
    handle: u32,
    cell: u32,
    generation_place: u32,
    generation: u32,
    value: f64,
) -> bool {
    let binding = Binding {
        cell,
        generation_place,
        generation,
    };
    update(handle, |writer| writer.shared_add(binding, value))
}
