//! Locks that the kernel lets go of when their holder ends, however it ends.
//!
//! A lock is a lock on an open file (`flock`, `LockFileEx`): it belongs to the open file, so two threads that open the
//! file each have a lock of their own. Nothing here asks for process ids, which repeat.

use crate::error::{Error, Result};
use crate::os::platform;
use crate::sync::{Patience, kernel_call};
use std::fs::{File, TryLockError};
use std::io::{ErrorKind, Read, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// An open lock file. The lock is released on drop, explicitly: a fork in progress holds a copy of every descriptor, so
/// closing alone might not.
#[derive(Debug)]
pub(crate) struct LockFile {
    file: File,
    path: PathBuf,
}

impl LockFile {
    /// Opens the file, making it when it is missing, and refuses one that others could use.
    pub fn open_or_create(path: PathBuf) -> Result<LockFile> {
        kernel_call();
        LockFile::checked(platform::open_lock_file(&path, true), path)
    }

    /// Opens the file; `None` when there is none.
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

    /// Takes the lock for this holder alone, if nobody has it.
    pub fn try_exclusive(&self) -> Result<bool> {
        kernel_call();
        self.outcome(self.file.try_lock())
    }

    /// Takes the lock together with other sharers, if nobody has it alone.
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
    /// thread it may take longer, though not longer than `most`: see [`Patience`].
    pub fn exclusive_within(&self, wait: Duration, most: Duration) -> Result<bool> {
        let mut patience = Patience::new(wait, most);
        loop {
            if self.try_exclusive()? {
                return Ok(true);
            }
            if !patience.pause() {
                return Ok(false);
            }
        }
    }

    /// What the file says, up to so many bytes of text.
    pub fn read(&self, most: usize) -> Result<String> {
        let mut text = String::new();
        let read = (&self.file).take(most as u64).read_to_string(&mut text);
        read.map(|_| text)
            .map_err(|error| Error::from_io(self.path.display().to_string(), error))
    }

    /// Has the file say something else.
    pub fn write(&self, text: &str) -> Result<()> {
        kernel_call();
        let emptied = self.file.set_len(0);
        emptied
            .and_then(|()| (&self.file).write_all(text.as_bytes()))
            .map_err(|error| Error::from_io(self.path.display().to_string(), error))
    }

    /// Lets go of the lock.
    pub fn release(&self) {
        // An error leaves the lock to the end of the process, which is no worse than not asking.
        let _ = self.file.unlock();
    }

    /// What tells the open file from others: device and inode, or what the system has in their place.
    pub fn identity(&self) -> Result<(u64, u64)> {
        platform::identity(&self.file)
            .map_err(|error| Error::from_io(self.path.display().to_string(), error))
    }

    /// Whether the name still leads to this file: it may have been unlinked, and made anew, between open and lock.
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
