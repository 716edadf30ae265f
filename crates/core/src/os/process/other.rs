//! Processes on systems without `/proc`: the figures of the standard library, for this process only.

use super::identity::Identity;

pub(super) fn identity() -> Identity {
    Identity {
        uid: rustix::process::geteuid().as_raw(),
        pid: std::process::id(),
        parent: std::os::unix::process::parent_id(),
        pid_namespace: 0,
        start_time: 0,
    }
}

pub(super) fn is_main_thread() -> bool {
    false
}

pub(super) fn identity_of(pid: u32) -> Option<Identity> {
    (pid == std::process::id()).then(identity)
}
