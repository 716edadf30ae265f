//! The numbers that identify a process.

/// The identity of a process among all that ran since the machine started.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Identity {
    /// The effective user, who owns the files of the process; 0 where the platform has none.
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
