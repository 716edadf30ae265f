//! Processes on Windows: start times, and parents.

use super::identity::Identity;
use std::ffi::c_void;
use std::os::windows::io::{AsRawHandle, FromRawHandle, OwnedHandle};
use windows_sys::Wdk::System::Threading::{NtQueryInformationProcess, ProcessBasicInformation};
use windows_sys::Win32::Foundation::FILETIME;
use windows_sys::Win32::System::Threading::{
    GetProcessTimes, OpenProcess, PROCESS_BASIC_INFORMATION, PROCESS_QUERY_LIMITED_INFORMATION,
};

pub(super) fn identity() -> Identity {
    let pid = std::process::id();
    identity_of(pid).unwrap_or(Identity {
        uid: 0,
        pid,
        parent: 0,
        pid_namespace: 0,
        start_time: 0,
    })
}

pub(super) fn is_main_thread() -> bool {
    false
}

pub(super) fn identity_of(pid: u32) -> Option<Identity> {
    let process = open(pid)?;
    Some(Identity {
        uid: 0,
        pid,
        parent: parent_of(&process).unwrap_or(0),
        pid_namespace: 0,
        start_time: start_of(&process).unwrap_or(0),
    })
}

/// A process, opened with the right to query its basic figures.
fn open(pid: u32) -> Option<OwnedHandle> {
    // SAFETY: it takes numbers alone.
    let handle = unsafe { OpenProcess(PROCESS_QUERY_LIMITED_INFORMATION, 0, pid) };
    if handle.is_null() {
        return None;
    }
    // SAFETY: the handle was just opened, and has no other owner.
    Some(unsafe { OwnedHandle::from_raw_handle(handle) })
}

/// The number of the parent. If the parent has ended, another process may have this number.
fn parent_of(process: &OwnedHandle) -> Option<u32> {
    let mut about = PROCESS_BASIC_INFORMATION::default();
    let size = size_of::<PROCESS_BASIC_INFORMATION>() as u32;
    let place = (&raw mut about).cast::<c_void>();
    let mut length = 0;
    // SAFETY: the handle is open, and the buffer has the given size.
    let status = unsafe {
        NtQueryInformationProcess(
            process.as_raw_handle(),
            ProcessBasicInformation,
            place,
            size,
            &raw mut length,
        )
    };
    // Of a parent that has ended, only the number is known.
    (status == 0).then_some(about.InheritedFromUniqueProcessId as u32)
}

/// The start time, in milliseconds since 1601.
fn start_of(process: &OwnedHandle) -> Option<u64> {
    let [mut created, mut exited, mut kernel, mut user] = [FILETIME::default(); 4];
    // SAFETY: the handle is open, and there is room for four times.
    let read = unsafe {
        GetProcessTimes(
            process.as_raw_handle(),
            &raw mut created,
            &raw mut exited,
            &raw mut kernel,
            &raw mut user,
        )
    };
    let time = u64::from(created.dwHighDateTime) << 32 | u64::from(created.dwLowDateTime);
    (read != 0).then_some(time / 10_000)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::Command;

    #[test]
    fn this_process_is_the_one_with_its_number() {
        let identity = super::identity();
        assert_eq!(Some(identity.clone()), identity_of(std::process::id()));
        assert!(identity.start_time > 0 && identity.parent > 0);
    }

    #[test]
    fn a_child_knows_its_parent() {
        let mut child = Command::new("cmd").args(["/c", "pause"]).spawn().unwrap();
        let found = identity_of(child.id());
        child.kill().unwrap();
        child.wait().unwrap();
        assert_eq!(found.map(|found| found.parent), Some(std::process::id()));
    }

    #[test]
    fn a_missing_process_has_no_identity() {
        assert_eq!(identity_of(u32::MAX), None);
    }
}
