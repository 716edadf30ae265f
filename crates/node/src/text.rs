//! Exposition text as a string of JavaScript, in the memory that Rust has written.
//!
//! JavaScript usually copies a string, and megabytes of text would block its event loop. If all letters are ASCII, as is
//! usual, the runtime can use the bytes themselves. The function for that is newer than this binding's version of Node-API,
//! so it is looked up. If it is missing, the string is a copy.

use libloading::os;
use napi::bindgen_prelude::{Buffer, ToNapiValue, TypeName, ValueType, sys};
use napi::{Result, check_status};
use std::ffi::{c_char, c_void};
use std::ptr;
use std::sync::LazyLock;

/// Text on its way to JavaScript.
pub struct Text {
    pub bytes: Vec<u8>,
    /// Whether all letters are ASCII, found out off the event loop.
    pub is_ascii: bool,
}

impl From<Text> for Buffer {
    fn from(text: Text) -> Self {
        text.bytes.into()
    }
}

impl TypeName for Text {
    fn type_name() -> &'static str {
        "String"
    }

    fn value_type() -> ValueType {
        ValueType::String
    }
}

/// Smaller texts are copied. The memory of external strings comes from many threads and is freed late, so a process that is
/// scraped for months would grow.
const LARGE: usize = 1 << 16;

/// `node_api_create_external_string_latin1`
type CreateExternal = unsafe extern "C" fn(
    sys::napi_env,
    *mut c_char,
    usize,
    sys::napi_finalize,
    *mut c_void,
    *mut sys::napi_value,
    *mut bool,
) -> sys::napi_status;

static CREATE_EXTERNAL: LazyLock<Option<CreateExternal>> = LazyLock::new(|| {
    #[cfg(unix)]
    let host = os::unix::Library::this();
    #[cfg(windows)]
    let host = os::windows::Library::this().ok()?;
    // SAFETY: under this name Node-API has a function of this type.
    let found = unsafe { host.get::<CreateExternal>("node_api_create_external_string_latin1") };
    found.ok().map(|function| *function)
});

impl ToNapiValue for Text {
    unsafe fn to_napi_value(
        env: sys::napi_env,
        Text { bytes, is_ascii }: Self,
    ) -> Result<sys::napi_value> {
        let mut string = ptr::null_mut();
        let length = bytes.len();
        let status = match *CREATE_EXTERNAL {
            Some(create) if is_ascii && length >= LARGE => {
                weigh(env, length as i64);
                let mut copied = false;
                let bytes = Box::into_raw(Box::new(bytes));
                // SAFETY: the box was made above, and has no other owner yet.
                let start = unsafe { (*bytes).as_mut_ptr() }.cast();
                let hint = bytes.cast();
                // SAFETY: the bytes stay in place and unchanged until `release` is called.
                let status = unsafe {
                    create(
                        env,
                        start,
                        length,
                        Some(release),
                        hint,
                        &mut string,
                        &mut copied,
                    )
                };
                if status != sys::Status::napi_ok {
                    // SAFETY: without a string, `release` is called only here.
                    unsafe { release(env, start.cast(), hint) };
                }
                status
            }
            _ if is_ascii => {
                let start = bytes.as_ptr().cast();
                // SAFETY: the bytes live until this returns. In ASCII, each byte is a letter.
                unsafe { sys::napi_create_string_latin1(env, start, length as isize, &mut string) }
            }
            _ => {
                let start = bytes.as_ptr().cast();
                // SAFETY: the bytes live until this returns. Bytes that are no UTF-8 are replaced.
                unsafe { sys::napi_create_string_utf8(env, start, length as isize, &mut string) }
            }
        };
        check_status!(status, "the exposition can't be made a string")?;
        Ok(string)
    }
}

/// Tells the garbage collector the memory behind a string. Otherwise it would collect the string late.
fn weigh(env: sys::napi_env, bytes: i64) {
    let mut sum = 0;
    // SAFETY: the environment is alive. An error means that the collector is less well informed.
    unsafe { sys::napi_adjust_external_memory(env, bytes, &mut sum) };
}

/// Gives the bytes of a string back. Called when it is collected or was copied; without an environment after its end.
unsafe extern "C" fn release(env: sys::napi_env, _start: *mut c_void, bytes: *mut c_void) {
    // SAFETY: made by `to_napi_value`, and released once.
    let bytes = unsafe { Box::from_raw(bytes.cast::<Vec<u8>>()) };
    if !env.is_null() {
        weigh(env, -(bytes.len() as i64));
    }
}
