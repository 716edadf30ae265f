//! Some functions of [`crate::writer`] again, with less overhead.
//!
//! The code of napi-rs around each call with arguments, a scope of borrows with a memory allocation, takes twice as long as
//! the rest of the call. Five numbers need none of it. When the module is loaded, these functions replace the exports of the
//! same names. They read the numbers themselves.

use crate::writer;
use napi::Result;
use napi::bindgen_prelude::{JsObjectValue, Object, sys};
use napi_derive::napi;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr;

/// Replaces exports of napi-rs by the functions below.
#[napi(module_exports)]
pub fn replace(mut exports: Object) -> Result<()> {
    exports.create_named_method("seriesEntry", series_entry)?;
    exports.create_named_method("counterAdd", counter_add)?;
    exports.create_named_method("gaugeSet", gauge_set)?;
    exports.create_named_method("gaugeAdd", gauge_add)?;
    exports.create_named_method("histogramObserve", histogram_observe)?;
    exports.create_named_method("nativeObserve", native_observe)?;
    exports.create_named_method("summaryObserve", summary_observe)?;
    exports.create_named_method("sharedSet", shared_set)?;
    exports.create_named_method("sharedAdd", shared_add)
}

/// The arguments of a call from Node-API.
type Call = sys::napi_callback_info;

/// Defines functions for Node-API that replace those of the same names.
macro_rules! replacements {
    ($($name:ident($($argument:ident: $kind:ty),*);)*) => {$(
        unsafe extern "C" fn $name(env: sys::napi_env, call: Call) -> sys::napi_value {
            // SAFETY: env and call belong to the present call.
            unsafe { answer(env, call, |[$($argument),*]| writer::$name($($argument as $kind),*)) }
        }
    )*};
}

replacements! {
    counter_add(handle: u32, cell: u32, place: u32, generation: u32, value: f64);
    gauge_set(handle: u32, cell: u32, place: u32, generation: u32, value: f64);
    gauge_add(handle: u32, cell: u32, place: u32, generation: u32, value: f64);
    histogram_observe(handle: u32, cell: u32, place: u32, generation: u32, bucket: u32, value: f64);
    native_observe(handle: u32, cell: u32, place: u32, generation: u32, bucket: u32, value: f64);
    summary_observe(handle: u32, cell: u32, place: u32, generation: u32, window: f64, value: f64);
    shared_set(handle: u32, cell: u32, place: u32, generation: u32, value: f64);
    shared_add(handle: u32, cell: u32, place: u32, generation: u32, value: f64);
}

/// Runs an update with the call's arguments, and answers the call with its result. `false` if an argument is no number, or
/// the update panics.
///
/// # Safety
/// `env` and `call` must belong to the present call.
#[inline]
unsafe fn answer<const N: usize>(
    env: sys::napi_env,
    call: Call,
    update: impl FnOnce([f64; N]) -> bool,
) -> sys::napi_value {
    // SAFETY: as this function's.
    let numbers = unsafe { numbers(env, call) };
    // An update leaves no state behind that a panic could have left half done.
    let done = numbers
        .is_some_and(|numbers| catch_unwind(AssertUnwindSafe(|| update(numbers))).unwrap_or(false));
    let mut result = ptr::null_mut();
    // SAFETY: `result` is valid for a write. After an error, JavaScript sees `undefined`.
    unsafe { sys::napi_get_boolean(env, done, &mut result) };
    result
}

/// The first `N` arguments of a call, if all of them are numbers.
///
/// # Safety
/// `env` and `call` must belong to the present call.
#[inline]
unsafe fn numbers<const N: usize>(env: sys::napi_env, call: Call) -> Option<[f64; N]> {
    // SAFETY: as this function's.
    let values = unsafe { arguments::<N>(env, call) }?;
    let mut good = true;
    let numbers = values.map(|value| {
        let mut number = 0.0;
        // SAFETY: the value is an argument of this call, or null, which the function refuses.
        good &=
            unsafe { sys::napi_get_value_double(env, value, &mut number) } == sys::Status::napi_ok;
        number
    });
    good.then_some(numbers)
}

/// The first `N` arguments of a call. Missing ones are `undefined`.
///
/// # Safety
/// `env` and `call` must belong to the present call.
#[inline]
unsafe fn arguments<const N: usize>(
    env: sys::napi_env,
    call: Call,
) -> Option<[sys::napi_value; N]> {
    let mut values = [ptr::null_mut(); N];
    let mut count = N;
    let (no_this, no_data) = (ptr::null_mut(), ptr::null_mut());
    // SAFETY: the array has room for `count` values. Missing ones become `undefined`.
    let status = unsafe {
        sys::napi_get_cb_info(env, call, &mut count, values.as_mut_ptr(), no_this, no_data)
    };
    (status == sys::Status::napi_ok).then_some(values)
}

/// Binds a series: handle, family, label text, whether it was tried before. See [`writer::series_entry`].
unsafe extern "C" fn series_entry(env: sys::napi_env, call: Call) -> sys::napi_value {
    // SAFETY: env and call belong to the present call.
    let place = unsafe { arguments(env, call) }.map_or(-1.0, |[handle, family, labels, again]| {
        let (mut numbers, mut tried) = ([0.0; 2], false);
        let mut good = true;
        for (number, value) in numbers.iter_mut().zip([handle, family]) {
            // SAFETY: the value is an argument of this call.
            let status = unsafe { sys::napi_get_value_double(env, value, number) };
            good &= status == sys::Status::napi_ok;
        }
        // SAFETY: the value is an argument of this call.
        let status = unsafe { sys::napi_get_value_bool(env, again, &mut tried) };
        good &= status == sys::Status::napi_ok;
        // SAFETY: the value is an argument of this call.
        let text = unsafe { text(env, labels) }.filter(|_| good);
        let bind = |text| writer::series_entry(numbers[0] as u32, numbers[1] as u32, text, tried);
        text.and_then(|text| catch_unwind(AssertUnwindSafe(|| bind(text))).ok())
            .unwrap_or(-1.0)
    });
    let mut result = ptr::null_mut();
    // SAFETY: `result` is valid for a write. After an error, JavaScript sees `undefined`.
    unsafe { sys::napi_create_double(env, place, &mut result) };
    result
}

/// A string, if the value is one. Most fit into the stack's buffer, and are read in one go.
///
/// # Safety
/// `env` is that of a call that Node-API is making, and `value` one of its arguments.
unsafe fn text(env: sys::napi_env, value: sys::napi_value) -> Option<String> {
    /// The longest encoding of a character. A string that leaves this much room in the buffer is complete.
    const LONGEST: usize = 4;
    let mut buffer = [0u8; 512];
    // SAFETY: as this function's.
    let length = unsafe { copied(env, value, &mut buffer) }?;
    if length < buffer.len() - LONGEST {
        return str::from_utf8(&buffer[..length]).ok().map(str::to_owned);
    }
    let mut whole = 0;
    // SAFETY: without a buffer, the function returns only the length.
    unsafe { sys::napi_get_value_string_utf8(env, value, ptr::null_mut(), 0, &mut whole) };
    let mut bytes = vec![0u8; whole + 1];
    // SAFETY: as this function's.
    let length = unsafe { copied(env, value, &mut bytes) }?;
    bytes.truncate(length);
    String::from_utf8(bytes).ok()
}

/// Copies a string, up to the size of the buffer, and returns the number of bytes. `None`: the value is no string.
///
/// # Safety
/// As of [`text`].
unsafe fn copied(env: sys::napi_env, value: sys::napi_value, into: &mut [u8]) -> Option<usize> {
    let mut length = 0;
    let (start, room) = (into.as_mut_ptr().cast(), into.len());
    // SAFETY: the buffer has the given size.
    let status = unsafe { sys::napi_get_value_string_utf8(env, value, start, room, &mut length) };
    (status == sys::Status::napi_ok).then_some(length)
}
