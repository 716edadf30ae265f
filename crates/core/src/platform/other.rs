//! Systems whose shared memory has no file system of its own: lock files live in a directory of the user's.

use crate::error::{Error, Result};
use std::path::PathBuf;

/// Where the lock files live: made for this user alone when it is missing.
pub fn directory() -> Result<PathBuf> {
    let path = std::env::temp_dir().join(format!("mpmetrics-{}", super::user()));
    match std::fs::create_dir(&path) {
        Ok(()) => super::restrict(&path)?,
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
        Err(error) => return Err(Error::from_io(path.display().to_string(), error)),
    }
    super::check_directory(&path)?;
    Ok(path)
}

/// Nothing to do: these systems put memory behind the whole object when it is made.
pub fn reserve(_segment: &str, _from: u64, _to: u64) -> Result<()> {
    Ok(())
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
