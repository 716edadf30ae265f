//! What the kernel knows of a process: who it is, and what it uses.
//!
//! A pid alone says little: pids repeat, and every container has a pid 1. An [`Identity`] tells
//! processes apart for as long as the machine runs. It is for display and for rendezvous names;
//! whether a writer lives is asked of its lease, never of its pid.

#[cfg(all(target_os = "linux", not(feature = "portable")))]
#[path = "process/linux.rs"]
mod platform;
#[cfg(windows)]
#[path = "process/windows.rs"]
mod platform;
#[cfg(all(unix, any(not(target_os = "linux"), feature = "portable")))]
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

/// What a process uses, as far as the reader may know it.
#[derive(Clone, Debug, PartialEq)]
pub struct Usage {
    /// CPU time in the program's own code, in seconds.
    pub cpu_user_seconds: f64,
    /// CPU time in the kernel on the program's behalf, in seconds.
    pub cpu_system_seconds: f64,
    /// Memory that is in RAM, in bytes.
    pub resident_bytes: u64,
    /// Address space, in bytes.
    pub virtual_bytes: u64,
    /// How many descriptors are open; absent where the process is another user's.
    pub open_descriptors: Option<u64>,
    /// How many descriptors may be open; absent where unlimited or hidden.
    pub max_descriptors: Option<u64>,
    /// When it started, in seconds since the Unix epoch.
    pub start_time_seconds: f64,
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

/// What the process with this number uses now, or nothing if there is none or the platform does
/// not tell (only Linux does). It opens a handful of files, so it is for scrapes.
pub fn read_usage(pid: u32) -> Option<Usage> {
    platform::read_usage(pid)
}
