//! The native tier: updates of cells as plain functions, for runtimes where JavaScript cannot or may not store into the
//! heap.
//!
//! Each function returns `false` if the generation word differs from `generation`. Then it stored nothing, and the caller
//! binds again. No function throws: after any other error it returns `false` as well, and the next `bind`, which may throw,
//! finds the same error. If this isolate has left the heap, updates do nothing and return `true`.

use crate::binding::to_labels;
use crate::isolate::with_writer;
use mpmetrics_core::{
    BOUND_FRACTIONS, BOUND_GUESSES, Binding, LOOK_INTERVAL, Labels, NativeSpec, Result, Writer,
};
use napi_derive::napi;

#[inline]
fn update(handle: u32, update: impl FnOnce(&Writer) -> Result<bool>) -> bool {
    with_writer(handle, update).is_none_or(|done| done.unwrap_or(false))
}

#[inline]
fn place(handle: u32, find: impl FnOnce(&Writer) -> Result<Option<u32>>) -> u32 {
    let found = with_writer(handle, find).and_then(Result::ok).flatten();
    found.unwrap_or_default()
}

/// Binds this writer to the series with these labels, in their escaped form, and returns the place of its entry in this
/// writer's directory. 0: the series was dropped, as in `bind`. -1: an error, which `bind` throws.
#[napi]
pub fn series_entry(handle: u32, family: u32, text: String, again: bool) -> f64 {
    let Some(labels) = Labels::from_text(text) else {
        return -1.0;
    };
    let bound = with_writer(handle, |writer| {
        if again {
            writer.bind_again(family, &labels)
        } else {
            writer.bind(family, &labels)
        }
    });
    match bound {
        Some(Ok(Some(binding))) => f64::from(binding.entry()),
        Some(Ok(None)) => 0.0,
        _ => -1.0,
    }
}

/// Defines functions for JavaScript that call the core's function of the same name with a binding. The function before the
/// braces converts the result.
macro_rules! on_bindings {
    ($answer:ident -> $answered:ident {$(
        $(#[$doc:meta])*
        $name:ident($($argument:ident: $kind:ident),*) => ($($given:expr),*);
    )*}) => {$(
        $(#[$doc])*
        #[napi]
        #[allow(
            clippy::too_many_arguments,
            reason = "a plain function for the hot path takes its numbers one by one"
        )]
        pub fn $name(
            handle: u32,
            cell: u32,
            generation_place: u32,
            generation: u32,
            $($argument: $kind),*
        ) -> $answered {
            let binding = Binding { cell, generation_place, generation };
            $answer(handle, |writer| writer.$name(binding, $($given),*))
        }
    )*};
}

on_bindings! { update -> bool {
    /// Adds to a counter.
    counter_add(value: f64) => (value);
    /// Sets a gauge.
    gauge_set(value: f64) => (value);
    /// Sets a gauge to a time. If the writers' values are added up, the latest time is shown instead.
    gauge_set_time(value: f64) => (value);
    /// Adds to a gauge, from 0 if this writer has not set it yet.
    gauge_add(value: f64) => (value);
    /// Counts an observation in a bucket of a histogram; `+Inf` is the last bucket.
    histogram_observe(bucket: u32, value: f64) => (bucket, value);
    /// Sets a value that all writers share.
    shared_set(value: f64) => (value);
    /// Adds to a value that all writers share.
    shared_add(value: f64) => (value);
    /// Counts several observations of one bucket of a histogram with that sum.
    histogram_add(bucket: u32, count: f64, sum: f64) => (bucket, count, sum);
    /// Counts an observation of a native histogram, in its classic bucket of that number and in its sparse buckets. `false`
    /// also when there is no memory for a new sparse bucket.
    native_observe(bucket: u32, value: f64) => (bucket, value);
    /// Counts several observations of a native histogram with that sum, in a classic bucket and in the sparse bucket of
    /// `value`.
    native_add(bucket: u32, count: f64, sum: f64, value: f64) => (bucket, count, sum, value);
    /// Makes the sparse buckets of a native histogram as coarse as others that are to be added.
    native_coarsen(schema: i32, threshold: f64) => (schema as i8, threshold);
    /// Finishes an update of a native histogram that was interrupted between its stores, as by a termination.
    native_repair() => ();
    /// Observes a value in a summary, in the window of that number: the monotonic clock over the interval, rounded down; 0
    /// without windows.
    summary_observe(window: f64, value: f64) => (window as u64, value);
    /// Counts several observations of a summary with that sum, and does not change its quantiles.
    summary_add(count: f64, sum: f64) => (count, sum);
    /// Clears the window of a summary at the index of that number, and gives it the number.
    summary_rotate(window: f64) => (window as u64);
    /// Moves the raw values of a summary's window into bins. `false` also when memory for bins is full.
    summary_spill(window: f64) => (window as u64);
    /// Finishes an update of a summary that was interrupted between its stores, as by a termination.
    summary_repair() => ();
} }

on_bindings! { place -> u32 {
    /// The absolute word index of a summary's bins for an octave of a window, which are made if they are missing. 0: the
    /// binding does not hold, or memory is full. The tag is the octave plus the window's index times `summaryWindowTag`.
    summary_bins(tag: u32) => (tag);
    /// The absolute word index of the exemplar of a counter (tag 0) or of a histogram's bucket (its number), which is made
    /// if it is missing. 0: the binding does not hold, or memory is full.
    exemplar_place(tag: u32) => (tag);
} }

/// The number of the series of a binding; -1 if the binding does not hold.
#[napi]
pub fn series_number(handle: u32, cell: u32, generation_place: u32, generation: u32) -> f64 {
    let binding = Binding {
        cell,
        generation_place,
        generation,
    };
    let found = with_writer(handle, |writer| writer.series_number(binding));
    found.and_then(Result::ok).flatten().map_or(-1.0, f64::from)
}

/// After how many seconds this isolate may look for an exemplar of a counter (tag 0) or a histogram's bucket (its number), in
/// the series of that number. 0: it looks now, and no other isolate does so for 90 ms.
#[napi]
pub fn exemplar_wait(
    handle: u32,
    cell: u32,
    generation_place: u32,
    generation: u32,
    number: u32,
    tag: u32,
) -> f64 {
    let binding = Binding {
        cell,
        generation_place,
        generation,
    };
    let wait = with_writer(handle, |writer| writer.exemplar_wait(binding, number, tag));
    wait.and_then(Result::ok).unwrap_or(LOOK_INTERVAL)
}

/// The value that all writers share; absent if the binding does not hold.
#[napi]
pub fn shared_value(handle: u32, cell: u32, generation_place: u32, generation: u32) -> Option<f64> {
    let binding = Binding {
        cell,
        generation_place,
        generation,
    };
    let found = with_writer(handle, |writer| writer.shared_value(binding));
    found.and_then(Result::ok).flatten()
}

/// The bounds of sparse buckets between 1 and 2 in schema 8: the 52 bits behind the binary point of each.
#[napi]
pub fn bound_fractions() -> Vec<f64> {
    BOUND_FRACTIONS.map(|fraction| fraction as f64).to_vec()
}

/// For each value of the uppermost 9 bits of a fraction, the first bound that is not below all fractions that begin with them.
#[napi]
pub fn bound_guesses() -> Vec<u32> {
    BOUND_GUESSES.map(u32::from).to_vec()
}

/// The coarsest schema whose buckets grow by at most that factor; -128 for a factor that is not greater than 1.
#[napi]
pub fn native_schema(factor: f64) -> i32 {
    NativeSpec::with_factor(factor).map_or(i8::MIN.into(), |spec| spec.schema.into())
}

/// Finishes an update of a histogram that was interrupted between its stores, as by a termination.
#[napi]
pub fn histogram_repair(handle: u32, cell: u32) {
    // The cell is corrupt, and scrapes report that.
    with_writer(handle, |writer| writer.histogram_repair(cell).ok());
}

/// Stores an exemplar for a counter (tag 0) or a histogram's bucket (its number). Labels are names and values, alternating.
/// The timestamp is in seconds since the epoch. `false` also when memory is full.
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
