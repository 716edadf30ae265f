//! Systems whose shared memory has no file system of its own: lock files live in a directory of the user's.

#[cfg(not(unix))]
use super::no_ownership::{check_directory, restrict, user};
#[cfg(unix)]
use super::ownership::{check_directory, restrict, user};
use crate::error::{Error, Result};
use crate::sync::{AtomicU64, Ordering};
use std::ops::Range;
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// Where the lock files live: made for this user alone when it is missing.
pub fn directory() -> Result<PathBuf> {
    let path = std::env::temp_dir().join(format!("mpmetrics-{}", user()));
    match std::fs::create_dir(&path) {
        Ok(()) => restrict(&path)?,
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
        Err(error) => return Err(Error::from_io(path.display().to_string(), error)),
    }
    check_directory(&path)?;
    Ok(path)
}

/// Nothing to do: these systems put memory behind the whole object when it is made.
pub fn reserve(_segment: &str, _from: u64, _to: u64) -> Result<()> {
    Ok(())
}

/// Nobody tells how much of a segment has been used.
pub fn backed(_segment: &str) -> Option<u64> {
    None
}

/// Nobody says how much there is.
pub fn may_have_room(_bytes: u64) -> bool {
    true
}

/// Nothing to look at: the object has no path. Its mode is set by whoever makes it.
pub fn check_segment(_segment: &str) -> Result<()> {
    Ok(())
}

/// Removes the name of a segment; who has it mapped keeps it.
#[cfg(unix)]
pub fn unlink_segment(segment: &str) {
    // A name that is gone already is what was wanted.
    let _ = rustix::shm::unlink(format!("/{segment}"));
}

/// Windows drops an object with its last handle.
#[cfg(not(unix))]
pub fn unlink_segment(_segment: &str) {}

/// Nothing to do: each page comes by its fault.
pub fn populate(_addresses: Range<usize>) {}

/// How often a word is looked at that may change.
const LOOK: Duration = Duration::from_millis(5);

/// Sleeps while the lower half of a word is `seen`, until `timeout` at most. It may return early.
pub fn wait_for_change(word: &AtomicU64, seen: u32, timeout: Duration) {
    let started = Instant::now();
    // Acquire: who sees the change finds what was stored before it.
    while word.load(Ordering::Acquire) as u32 == seen && started.elapsed() < timeout {
        std::thread::sleep(LOOK.min(timeout));
    }
}

/// Nothing to do: who waits looks by itself.
pub fn wake(_word: &AtomicU64) {}
