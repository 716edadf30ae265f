//! Segments in shared memory: made, reserved, opened.
//!
//! Only this file uses the crate `shared_memory`, which has three traps. It truncates and reserves nothing, so memory is
//! reserved here before the first access. An opener may find an object without a size. A mapping that owns its name unlinks
//! that name when it is dropped, so ownership is given up at once.

use crate::error::{Error, Result};
use crate::layout::WORD;
use crate::os::platform;
use crate::sync::AtomicU64;
use shared_memory::{Shmem, ShmemConf, ShmemError};
use std::io::ErrorKind;
use std::time::Duration;

/// A segment that is mapped while this value lives.
pub(super) struct Mapping(Shmem);

impl Mapping {
    /// See [`super::Segment::create`].
    pub fn create(id: &str, length: usize, reserved: usize) -> Result<Mapping> {
        let bytes = (reserved * WORD) as u64;
        // Dropped series request memory again and again, so a failure must be cheap.
        if !platform::may_have_room(bytes) {
            if platform::check_segment(id).is_ok() {
                platform::unlink_segment(id);
            }
            if !platform::may_have_room(bytes) {
                return Err(Error::Full { bytes });
            }
        }
        let conf = || {
            ShmemConf::new()
                .os_id(system_id(id))
                .size(length * WORD)
                .create()
        };
        let made = match conf() {
            Err(ShmemError::MappingIdExists) => {
                platform::check_segment(id)?;
                platform::unlink_segment(id);
                conf()
            }
            made => made,
        };
        let mut mapping = made.map_err(|error| failure(id, error))?;
        mapping.set_owner(false);
        platform::permit_segment(id).inspect_err(|_| platform::unlink_segment(id))?;
        let start = mapping.as_ptr().addr();
        platform::reserve(id, 0..bytes, start..start + reserved * WORD)
            .inspect_err(|_| platform::unlink_segment(id))?;
        Ok(Mapping(mapping))
    }

    /// See [`super::Segment::open`].
    pub fn open(id: &str) -> Result<Mapping> {
        platform::check_segment(id)?;
        for _ in 0..50 {
            match ShmemConf::new().os_id(system_id(id)).open() {
                Ok(mapping) => return Ok(Mapping(mapping)),
                // Its maker is between making and sizing it.
                Err(ShmemError::MapSizeZero) => std::thread::sleep(Duration::from_millis(1)),
                Err(ShmemError::MapOpenFailed(NOT_FOUND)) => return Err(Error::NoSuchHeap),
                // mmap of an object without a size fails as well.
                Err(ShmemError::MapOpenFailed(22)) => std::thread::sleep(Duration::from_millis(1)),
                Err(error) => return Err(failure(id, error)),
            }
        }
        Err(Error::Corrupt {
            what: "a segment stays empty",
        })
    }

    /// The first word, and how many words are mapped.
    pub fn words(&self) -> (*const AtomicU64, usize) {
        let first = self.0.as_ptr().cast::<AtomicU64>().cast_const();
        (first, self.0.len() / WORD)
    }
}

/// The name of a segment for the system.
fn system_id(id: &str) -> String {
    if cfg!(unix) {
        format!("/{id}")
    } else {
        id.to_owned()
    }
}

/// The error for a missing file: ENOENT, or ERROR_FILE_NOT_FOUND on Windows.
const NOT_FOUND: u32 = 2;

/// On Windows: the page file has no room for it.
const COMMITMENT_LIMIT: i32 = 1455;

fn failure(id: &str, error: ShmemError) -> Error {
    let (ShmemError::MapCreateFailed(code)
    | ShmemError::MapOpenFailed(code)
    | ShmemError::UnknownOsError(code)) = error
    else {
        return Error::from_io(id, std::io::Error::other(error));
    };
    let error = std::io::Error::from_raw_os_error(code as i32);
    let is_full = matches!(
        error.kind(),
        ErrorKind::StorageFull | ErrorKind::OutOfMemory
    ) || cfg!(windows) && error.raw_os_error() == Some(COMMITMENT_LIMIT);
    if is_full {
        Error::Full { bytes: 0 }
    } else {
        Error::from_io(id, error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The errors of this system for too little memory.
    const FULL: &[u32] = if cfg!(windows) {
        &[112, 8, 14, 1455]
    } else {
        &[28, 12]
    };
    const DENIED: u32 = if cfg!(windows) { 5 } else { 13 };

    #[test]
    fn too_little_room_differs_from_other_errors() {
        for code in FULL {
            let told = failure("a", ShmemError::MapCreateFailed(*code));
            assert!(matches!(told, Error::Full { .. }), "{code}");
        }
        for error in [ShmemError::MapOpenFailed(DENIED), ShmemError::LinkExists] {
            assert_eq!(failure("a", error).code(), "MPMETRICS_NO_SHARED_MEMORY");
        }
    }
}
