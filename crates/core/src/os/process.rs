//! What the kernel knows of a process: who it is.
//!
//! A pid alone says little: pids repeat, and every container has a pid 1. An [`Identity`] tells
//! processes apart for as long as the machine runs. It is for display and for rendezvous names;
//! whether a writer lives is asked of its lease, never of its pid.

#[cfg(any(target_os = "linux", target_os = "android"))]
#[path = "process/linux.rs"]
mod platform;
#[cfg(not(any(target_os = "linux", target_os = "android")))]
#[path = "process/other.rs"]
mod platform;

/// Which process this is, of all that ran since the machine started.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Identity {
    /// The effective user, who owns what the process creates; 0 where the platform has none.
    pub uid: u32,
    /// The process's number in its reader's pid namespace.
    pub pid: u32,
    /// The number of the process's parent; 0 where it is in another namespace or unknown.
    pub parent: u32,
    /// The number of its pid namespace; 0 where the platform has none, or hides another process's.
    pub pid_namespace: u64,
    /// When it started, in a unit of the platform's (on Linux clock ticks since the machine
    /// started): good for telling two processes apart, not for display; 0 where unknown.
    pub start_time: u64,
}

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
/// not tell (only Linux does).
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
