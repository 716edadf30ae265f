//! The functions of [`crate::writer`] once more, on a shorter way.
//!
//! What napi-rs does around each call that has arguments (a scope of borrows, with a memory
//! allocation) takes twice as long as the rest of the call, and five numbers need none of it. When
//! the module is loaded, these replace the exports of the same names: they read the numbers
//! themselves.

use crate::writer;
use napi::Result;
use napi::bindgen_prelude::{JsObjectValue, Object, sys};
use napi_derive::napi;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr;

/// Puts the functions below in place of those that napi-rs has exported.
#[napi(module_exports)]
pub fn replace(mut exports: Object) -> Result<()> {
    exports.create_named_method("counterAdd", counter_add)?;
    exports.create_named_method("gaugeSet", gauge_set)?;
    exports.create_named_method("gaugeAdd", gauge_add)?;
    exports.create_named_method("histogramObserve", histogram_observe)?;
    exports.create_named_method("summaryObserve", summary_observe)?;
    exports.create_named_method("sharedSet", shared_set)?;
    exports.create_named_method("sharedAdd", shared_add)
}

/// What Node-API hands to a function that it calls.
type Call = sys::napi_callback_info;

/// Functions that Node-API can call, in place of those of the same names.
macro_rules! replacements {
    ($($name:ident($($argument:ident: $kind:ty),*);)*) => {$(
        unsafe extern "C" fn $name(env: sys::napi_env, call: Call) -> sys::napi_value {
            // SAFETY: env and call are those of the call that Node-API is making.
            unsafe { answer(env, call, |[$($argument),*]| writer::$name($($argument as $kind),*)) }
        }
    )*};
}

replacements! {
    counter_add(handle: u32, cell: u32, place: u32, generation: u32, value: f64);
    gauge_set(handle: u32, cell: u32, place: u32, generation: u32, value: f64);
    gauge_add(handle: u32, cell: u32, place: u32, generation: u32, value: f64);
    histogram_observe(handle: u32, cell: u32, place: u32, generation: u32, bucket: u32, value: f64);
    summary_observe(handle: u32, cell: u32, place: u32, generation: u32, window: f64, value: f64);
    shared_set(handle: u32, cell: u32, place: u32, generation: u32, value: f64);
    shared_add(handle: u32, cell: u32, place: u32, generation: u32, value: f64);
}

/// Runs an update with the call's arguments and answers the call with its result; `false` if not
/// all of them are numbers, or the update panics.
///
/// # Safety
/// `env` and `call` are those of a call that Node-API is making.
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
    // SAFETY: `result` is there to be written to. If it is not, JavaScript sees `undefined`.
    unsafe { sys::napi_get_boolean(env, done, &mut result) };
    result
}

/// The first `N` arguments of a call, if all of them are numbers.
///
/// # Safety
/// `env` and `call` are those of a call that Node-API is making.
#[inline]
unsafe fn numbers<const N: usize>(env: sys::napi_env, call: Call) -> Option<[f64; N]> {
    let mut values = [ptr::null_mut(); N];
    let mut count = N;
    let (no_this, no_data) = (ptr::null_mut(), ptr::null_mut());
    // SAFETY: there is room for as many values as `count` says; missing ones become `undefined`.
    let status = unsafe {
        sys::napi_get_cb_info(env, call, &mut count, values.as_mut_ptr(), no_this, no_data)
    };
    let mut good = status == sys::Status::napi_ok;
    let numbers = values.map(|value| {
        let mut number = 0.0;
        // SAFETY: the value is an argument of this call, or null, which is refused.
        good &=
            unsafe { sys::napi_get_value_double(env, value, &mut number) } == sys::Status::napi_ok;
        number
    });
    good.then_some(numbers)
}
