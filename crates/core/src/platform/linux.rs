//! Linux: segments and lock files share one tmpfs, and memory is reserved with `fallocate`.

use crate::error::{Error, Result};
use rustix::fs::{FallocateFlags, Mode, OFlags};
use std::path::PathBuf;

/// Where the segments show up as files, and where the lock files live beside them.
pub fn directory() -> Result<PathBuf> {
    Ok(PathBuf::from("/dev/shm"))
}

/// Puts memory behind the bytes `from..to` of a segment, so that touching them can't fail.
///
/// A sparse page on a full tmpfs is a SIGBUS for whoever touches it, even for a reader; here it is an error.
pub fn reserve(segment: &str, from: u64, to: u64) -> Result<()> {
    let unreserved = |_| Error::Full { bytes: to - from };
    let file = rustix::shm::open(
        format!("/{segment}"),
        rustix::shm::OFlags::RDWR,
        Mode::empty(),
    )
    .map_err(unreserved)?;
    loop {
        match rustix::fs::fallocate(&file, FallocateFlags::empty(), from, to - from) {
            Ok(()) => return Ok(()),
            Err(rustix::io::Errno::INTR) => continue,
            Err(_) => return Err(Error::Full { bytes: to - from }),
        }
    }
}

/// Checks that a segment is a plain file that only this user can use, before it is mapped.
pub fn check_segment(segment: &str) -> Result<()> {
    let path = directory()?.join(segment);
    let file = rustix::fs::open(
        &path,
        OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::CLOEXEC | OFlags::NONBLOCK,
        Mode::empty(),
    );
    match file {
        Ok(file) => super::check_owner(&std::fs::File::from(file), &path),
        Err(rustix::io::Errno::NOENT) => Err(Error::NoSuchHeap),
        Err(rustix::io::Errno::LOOP | rustix::io::Errno::ACCESS | rustix::io::Errno::PERM) => {
            Err(Error::NotOwned {
                path: path.display().to_string(),
            })
        }
        Err(error) => Err(Error::from_io(path.display().to_string(), error.into())),
    }
}

/// Removes the name of a segment; who has it mapped keeps it.
pub fn unlink_segment(segment: &str) {
    // A name that is gone already is what was wanted.
    let _ = rustix::shm::unlink(format!("/{segment}"));
}
