//! Errors for JavaScript: a message with advice, and a `code`.

use mpmetrics_core::Error as CoreError;
use napi::{Env, JsError, Status};

/// The `code` property of a thrown error.
#[derive(Clone, Copy, Debug)]
pub enum Code {
    /// A code of this library, such as `MPMETRICS_FULL`.
    Ours(&'static str),
    /// Node-API itself has failed.
    NodeApi(Status),
}

impl AsRef<str> for Code {
    fn as_ref(&self) -> &str {
        match self {
            Self::Ours(code) => code,
            Self::NodeApi(status) => status.as_ref(),
        }
    }
}

/// An error that is thrown with its code.
pub type Error = napi::Error<Code>;
/// A result whose error is thrown with its code.
pub type Result<T> = std::result::Result<T, Error>;

/// An error of the core, to be thrown.
pub fn thrown(error: CoreError) -> Error {
    Error::new(Code::Ours(error.code()), error.to_string())
}

/// An error of Node-API, to be thrown.
pub fn node_api(error: napi::Error) -> Error {
    Error::new(Code::NodeApi(error.status), error.reason.clone())
}

/// An argument that the facade should not have passed on.
pub fn bad_argument(what: &'static str) -> Error {
    thrown(CoreError::BadArgument { what })
}

/// An error of the core, for a promise to be rejected with: the task's own error type has no room
/// for our codes, so the JavaScript error is made first.
pub fn rejection(env: Env, error: CoreError) -> napi::Error {
    napi::Error::from(JsError::from(thrown(error)).into_unknown(env))
}
