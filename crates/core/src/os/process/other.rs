//! Processes where there is no `/proc`: what the standard library tells of this one.

use super::identity::Identity;

pub(super) fn identity() -> Identity {
    Identity {
        #[cfg(unix)]
        uid: rustix::process::geteuid().as_raw(),
        #[cfg(not(unix))]
        uid: 0,
        pid: std::process::id(),
        #[cfg(unix)]
        parent: std::os::unix::process::parent_id(),
        #[cfg(not(unix))]
        parent: 0,
        pid_namespace: 0,
        start_time: 0,
    }
}

pub(super) fn identity_of(pid: u32) -> Option<Identity> {
    (pid == std::process::id()).then(identity)
}
