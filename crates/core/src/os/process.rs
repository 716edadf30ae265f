//! What the kernel knows of a process: who it is.
//!
//! A pid alone says little: pids repeat, and every container has a pid 1. An [`Identity`] tells
//! processes apart for as long as the machine runs. It is for display and for rendezvous names;
//! whether a writer lives is asked of its lease, never of its pid.

mod identity;
#[cfg(all(target_os = "linux", not(feature = "portable")))]
#[path = "process/linux.rs"]
mod platform;
#[cfg(windows)]
#[path = "process/windows.rs"]
mod platform;
#[cfg(all(unix, any(not(target_os = "linux"), feature = "portable")))]
#[path = "process/other.rs"]
mod platform;

pub use identity::Identity;

/// The identity of this process.
///
/// What cannot be found out is 0: a process without `/proc` still has a user and a pid.
///
/// ```
/// let identity = mpmetrics_core::process::identity();
/// assert_eq!(identity.pid, std::process::id());
/// ```
pub fn identity() -> Identity {
    platform::identity()
}

/// The identity of the process with this number, or nothing if there is none or the platform does
/// not tell (Linux and Windows do).
///
/// ```
/// use mpmetrics_core::process::{identity, identity_of};
///
/// if cfg!(target_os = "linux") {
///     assert_eq!(identity_of(std::process::id()), Some(identity()));
/// }
/// ```
pub fn identity_of(pid: u32) -> Option<Identity> {
    platform::identity_of(pid)
}
