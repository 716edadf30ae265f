//! Locks that the kernel releases when their holder ends, in whatever way.
//!
//! A lock belongs to an open file (`flock`, `LockFileEx`). Two threads that each open the file have a lock each. No lock
//! depends on a process id, because process ids repeat.

use crate::error::{Error, Result};
use crate::os::platform;
use crate::sync::{Backoff, kernel_call};
use std::fs::{File, TryLockError};
use std::io::{ErrorKind, Read, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// An open lock file. The lock is released on drop, explicitly: a fork in progress holds a copy of every descriptor, so
/// closing alone might not.
#[derive(Debug)]
pub(crate) struct LockFile {
    file: File,
    path: PathBuf,
}

impl LockFile {
    /// Opens the file, which is made if it is missing. Refuses a file that others could use.
    pub fn open_or_create(path: PathBuf) -> Result<LockFile> {
        kernel_call();
        LockFile::checked(platform::open_lock_file(&path, true), path)
    }

    /// Opens the file; `None` if it is missing.
    pub fn open(path: PathBuf) -> Result<Option<LockFile>> {
        kernel_call();
        match platform::open_lock_file(&path, false) {
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            opened => LockFile::checked(opened, path).map(Some),
        }
    }

    fn checked(opened: std::io::Result<File>, path: PathBuf) -> Result<LockFile> {
        let file = opened.map_err(|error| {
            let is_others = error.kind() == ErrorKind::PermissionDenied && path.exists();
            let is_directory = error.kind() == ErrorKind::IsADirectory;
            let path = path.display().to_string();
            if platform::is_link(&error) || is_directory || is_others {
                Error::NotOwned { path }
            } else {
                Error::from_io(path, error)
            }
        })?;
        platform::check_owner(&file, &path)?;
        Ok(LockFile { file, path })
    }

    /// Takes the lock for this holder alone, if it is free.
    pub fn try_exclusive(&self) -> Result<bool> {
        kernel_call();
        self.outcome(self.file.try_lock())
    }

    /// Takes the lock together with other sharers, if no holder has it alone.
    pub fn try_shared(&self) -> Result<bool> {
        kernel_call();
        self.outcome(self.file.try_lock_shared())
    }

    fn outcome(&self, tried: std::result::Result<(), TryLockError>) -> Result<bool> {
        match tried {
            Ok(()) => Ok(true),
            Err(TryLockError::WouldBlock) => Ok(false),
            Err(TryLockError::Error(error)) => {
                Err(Error::from_io(self.path.display().to_string(), error))
            }
        }
    }

    /// Takes the lock alone, trying again for at most `wait`, or once if that is zero. On a machine that has no time for this
    /// thread it may take longer, though not longer than `most`: see [`Backoff`].
    pub fn exclusive_within(&self, wait: Duration, most: Duration) -> Result<bool> {
        let mut backoff = Backoff::new(wait, most);
        loop {
            if self.try_exclusive()? {
                return Ok(true);
            }
            if !backoff.pause() {
                return Ok(false);
            }
        }
    }

    /// Leaves the time at which this holder took the lock. Nothing but a longer wait of others depends on it.
    pub fn touch(&self) {
        let _ = self.file.set_modified(SystemTime::now());
    }

    /// The time that the last holder has left.
    pub fn touched(&self) -> Option<SystemTime> {
        self.file.metadata().and_then(|about| about.modified()).ok()
    }

    /// The text in the file, up to `most` bytes.
    pub fn read(&self, most: usize) -> Result<String> {
        let mut text = String::new();
        let read = (&self.file).take(most as u64).read_to_string(&mut text);
        read.map(|_| text)
            .map_err(|error| Error::from_io(self.path.display().to_string(), error))
    }

    /// Replaces the text in the file.
    pub fn write(&self, text: &str) -> Result<()> {
        kernel_call();
        let emptied = self.file.set_len(0);
        emptied
            .and_then(|()| (&self.file).write_all(text.as_bytes()))
            .map_err(|error| Error::from_io(self.path.display().to_string(), error))
    }

    /// Releases the lock.
    pub fn release(&self) {
        // After an error the lock ends with the process.
        let _ = self.file.unlock();
    }

    /// The numbers that identify the open file: device and inode, or the system's equivalent.
    pub fn identity(&self) -> Result<(u64, u64)> {
        platform::identity(&self.file)
            .map_err(|error| Error::from_io(self.path.display().to_string(), error))
    }

    /// Whether the name still leads to this file. The file may have been unlinked and made again between open and lock.
    pub fn is_current(&self) -> bool {
        kernel_call();
        let (open, named) = (
            platform::identity(&self.file),
            platform::identity_at(&self.path),
        );
        matches!((open, named), (Ok(open), Ok(named)) if open == named)
    }

    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for LockFile {
    fn drop(&mut self) {
        self.release();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scratch(name: &str) -> PathBuf {
        std::env::temp_dir().join(format!("mpm-lock-{}-{name}", std::process::id()))
    }

    #[test]
    fn sharers_do_not_take_each_other_for_the_holder() {
        let path = scratch("shared");
        let [holder, first, second] =
            [0; 3].map(|_| LockFile::open_or_create(path.clone()).unwrap());
        assert!(first.try_shared().unwrap() && second.try_shared().unwrap());
        assert!(!holder.try_exclusive().unwrap());
        first.release();
        second.release();
        assert!(holder.try_exclusive().unwrap());
        assert!(!first.try_shared().unwrap());
        std::fs::remove_file(path).unwrap();
    }

    #[test]
    fn a_file_that_was_made_anew_is_not_current() {
        let path = scratch("current");
        let lock = LockFile::open_or_create(path.clone()).unwrap();
        assert!(lock.is_current());
        std::fs::remove_file(&path).unwrap();
        assert!(!lock.is_current());
        let other = LockFile::open_or_create(path.clone()).unwrap();
        assert!(other.is_current() && !lock.is_current());
        std::fs::remove_file(path).unwrap();
    }

    #[cfg(unix)]
    #[test]
    fn links_and_files_of_others_are_refused() {
        use std::os::unix::fs::PermissionsExt;
        let (target, link) = (scratch("target"), scratch("link"));
        std::fs::write(&target, "").unwrap();
        std::os::unix::fs::symlink(&target, &link).unwrap();
        assert!(matches!(
            LockFile::open_or_create(link.clone()),
            Err(Error::NotOwned { .. })
        ));
        std::fs::set_permissions(&target, std::fs::Permissions::from_mode(0o666)).unwrap();
        assert!(matches!(
            LockFile::open_or_create(target.clone()),
            Err(Error::NotOwned { .. })
        ));
        std::fs::remove_file(link).unwrap();
        std::fs::remove_file(target).unwrap();
    }
}
