//! The identity of a process.
//!
//! A pid is no identity: pids repeat, and every container has a pid 1. An [`Identity`] belongs to one process for as long as
//! the machine runs. It is for display and for rendezvous names. Only its lease says whether a writer lives.

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
/// Unknown fields are 0. A process without `/proc` still has a user and a pid.
///
/// ```
/// let identity = mpmetrics_core::process::identity();
/// assert_eq!(identity.pid, std::process::id());
/// ```
pub fn identity() -> Identity {
    platform::identity()
}

/// Whether this thread is the first one of the process. `false` also where the platform does not tell (Linux does).
///
/// ```
/// assert!(!std::thread::spawn(mpmetrics_core::process::is_main_thread).join().unwrap());
/// ```
pub fn is_main_thread() -> bool {
    platform::is_main_thread()
}

/// The identity of the process with this number. `None`: there is no such process, or the platform does not tell (Linux and
/// Windows do).
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
