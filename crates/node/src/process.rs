//! The identity of this process, the clock of its machine, and the token of the heap that its threads share.

use mpmetrics_core::{clock, process};
use napi_derive::napi;
use std::sync::OnceLock;

/// One for all threads of the process: a worker thread's `process.env` is a copy that may be older.
static TOKEN: OnceLock<String> = OnceLock::new();

/// The process's token, or `null` while none is set.
#[napi]
pub fn process_token() -> Option<String> {
    TOKEN.get().cloned()
}

/// Sets the process's token unless another thread was faster, and returns the one in force.
#[napi]
pub fn set_process_token(token: String) -> String {
    TOKEN.get_or_init(|| token).clone()
}

/// The id of the private heap that the threads share while the heap of the token cannot be joined.
static PRIVATE_ID: OnceLock<String> = OnceLock::new();

/// Sets the id of the process's private heap unless another thread was faster, and returns the one in force.
#[napi]
pub fn set_private_id(id: String) -> String {
    PRIVATE_ID.get_or_init(|| id).clone()
}

/// Seconds on the machine's monotonic clock, the same for all processes and runtimes.
#[napi]
pub fn monotonic() -> f64 {
    clock::monotonic()
}

/// Whether this thread is the first one of the process. `false` also where the platform does not tell.
#[napi]
pub fn is_main_thread() -> bool {
    process::is_main_thread()
}

/// The identity of a process among all that ran since the machine started.
#[napi(object, object_from_js = false)]
pub struct Identity {
    /// The effective user; 0 where the platform has none.
    pub uid: u32,
    /// The process's number.
    pub pid: u32,
    /// The number of its parent; 0 where unknown.
    pub parent: u32,
    /// Its pid namespace; `"0"` where unknown.
    pub pid_namespace: String,
    /// When it started, in a unit of the platform's; 0 where unknown.
    pub start_time: f64,
}

/// The identity of this process, or of the process with that number. If there is none, or the platform does not tell, all
/// other fields are 0.
#[napi]
pub fn identity(pid: Option<u32>) -> Identity {
    let found = match pid {
        None => process::identity(),
        Some(pid) => process::identity_of(pid).unwrap_or(process::Identity {
            uid: 0,
            pid,
            parent: 0,
            pid_namespace: 0,
            start_time: 0,
        }),
    };
    Identity {
        uid: found.uid,
        pid: found.pid,
        parent: found.parent,
        pid_namespace: found.pid_namespace.to_string(),
        // Clock ticks since the machine started: exact in a double for longer than it runs.
        start_time: found.start_time as f64,
    }
}
