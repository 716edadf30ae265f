//! The native tier: updates of cells as plain functions, for runtimes on which JavaScript can't or
//! may not store into the heap itself.
//!
//! Each returns `false` if the generation word differs from `generation`: then nothing was stored,
//! and the caller binds again. Nothing is thrown here: an update that fails for another reason
//! returns `false` as well, so that binding, which may throw, meets the same fault. In a heap that
//! this isolate has left, updates do nothing and return `true`.

use crate::heap::to_labels;
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

/// Sets a gauge to a time: where the writers' values are added up, the latest is taken instead.
#[napi]
pub fn gauge_set_time(
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
    update(handle, |writer| writer.gauge_set_time(binding, value))
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

/// Counts several observations of one bucket of a histogram, whose values add up to `sum`.
#[napi]
pub fn histogram_add(
    handle: u32,
    cell: u32,
    generation_place: u32,
    generation: u32,
    bucket: u32,
    count: f64,
    sum: f64,
) -> bool {
    let binding = Binding {
        cell,
        generation_place,
        generation,
    };
    update(handle, |writer| {
        writer.histogram_add(binding, bucket, count, sum)
    })
}

/// Observes a value in a summary, in the window of that number: the monotonic clock over the interval, rounded down; 0
/// without windows.
#[napi]
pub fn summary_observe(
    handle: u32,
    cell: u32,
    generation_place: u32,
    generation: u32,
    window: f64,
    value: f64,
) -> bool {
    let binding = Binding {
        cell,
        generation_place,
        generation,
    };
    update(handle, |writer| {
        writer.summary_observe(binding, window as u64, value)
    })
}

/// Counts several observations of a summary, whose values add up to `sum`, and leaves its quantiles alone.
#[napi]
pub fn summary_add(
    handle: u32,
    cell: u32,
    generation_place: u32,
    generation: u32,
    count: f64,
    sum: f64,
) -> bool {
    let binding = Binding {
        cell,
        generation_place,
        generation,
    };
    update(handle, |writer| writer.summary_add(binding, count, sum))
}

/// Clears the window of a summary in which that number falls, and gives it the number.
#[napi]
pub fn summary_turn(
    handle: u32,
    cell: u32,
    generation_place: u32,
    generation: u32,
    window: f64,
) -> bool {
    let binding = Binding {
        cell,
        generation_place,
        generation,
    };
    update(handle, |writer| writer.summary_turn(binding, window as u64))
}

/// Puts the values that a summary's window of that number has kept as they are into bins. `false` also when there is no
/// room for bins.
#[napi]
pub fn summary_spill(
    handle: u32,
    cell: u32,
    generation_place: u32,
    generation: u32,
    window: f64,
) -> bool {
    let binding = Binding {
        cell,
        generation_place,
        generation,
    };
    update(handle, |writer| {
        writer.summary_spill(binding, window as u64)
    })
}

/// Finishes an update of a summary that was interrupted between its stores, as by a termination.
#[napi]
pub fn summary_repair(handle: u32, cell: u32, generation_place: u32, generation: u32) -> bool {
    let binding = Binding {
        cell,
        generation_place,
        generation,
    };
    update(handle, |writer| writer.summary_repair(binding))
}

/// The absolute word index of a summary's bins for an octave of a window, which are made if they are missing; 0 if the
/// binding does not hold, or there is no room. The tag is the octave plus the window's index times `summaryWindowTag`.
#[napi]
pub fn summary_bins(
    handle: u32,
    cell: u32,
    generation_place: u32,
    generation: u32,
    tag: u32,
) -> u32 {
    let binding = Binding {
        cell,
        generation_place,
        generation,
    };
    place(handle, |writer| writer.summary_bins(binding, tag))
}

/// The absolute word index of the exemplar of a counter (tag 0) or of a histogram's bucket (its number), which is made if
/// it is missing; 0 if the binding does not hold, or there is no room.
#[napi]
pub fn exemplar_place(
    handle: u32,
    cell: u32,
    generation_place: u32,
    generation: u32,
    tag: u32,
) -> u32 {
    let binding = Binding {
        cell,
        generation_place,
        generation,
    };
    place(handle, |writer| writer.exemplar(binding, tag))
}

/// Stores an exemplar for a counter (tag 0) or a histogram's bucket (its number). Labels are names and values in turn, the
/// timestamp is in seconds since the epoch. `false` also when there is no room.
#[napi(catch_unwind)]
#[allow(
    clippy::too_many_arguments,
    reason = "a plain function for the hot path takes its numbers one by one"
)]
pub fn exemplar_store(
    handle: u32,
    cell: u32,
    generation_place: u32,
    generation: u32,
    tag: u32,
    value: f64,
    timestamp: f64,
    labels: Vec<String>,
) -> bool {
    let binding = Binding {
        cell,
        generation_place,
        generation,
    };
    let Ok(labels) = to_labels(&labels) else {
        return false;
    };
    update(handle, |writer| {
        writer.exemplar_store(binding, tag, value, timestamp, &labels)
    })
}

#[inline]
fn place(handle: u32, find: impl FnOnce(&Writer) -> Result<Option<u32>>) -> u32 {
    let found = with_writer(handle, find).and_then(Result::ok).flatten();
    found.unwrap_or_default()
}
