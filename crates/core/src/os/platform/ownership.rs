//! Unix: a file counts only if it belongs to this user, and no other user may use it.

use crate::error::{Error, Result};
use std::fs::{File, OpenOptions, Permissions};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::Path;

/// The user this process acts as.
pub fn user() -> u32 {
    rustix::process::geteuid().as_raw()
}

/// Opens a lock file, which is made if it is missing: never through a link, and never for other users.
pub fn open_lock_file(path: &Path, create: bool) -> std::io::Result<File> {
    let flags = rustix::fs::OFlags::NOFOLLOW | rustix::fs::OFlags::NONBLOCK;
    let open = || {
        OpenOptions::new()
            .read(true)
            .write(true)
            .create(create)
            .mode(MODE)
            .custom_flags(flags.bits() as i32)
            .open(path)
    };
    let file = open()?;
    // The umask may have taken rights from a new file that this user needs to open it again.
    if create && file.metadata()?.mode() & MODE != MODE {
        file.set_permissions(Permissions::from_mode(MODE))?;
    }
    Ok(file)
}

/// The rights of all files: those of this user alone.
const MODE: u32 = 0o600;

/// Gives a new file those rights, whatever the umask has taken.
#[cfg(all(target_os = "linux", not(feature = "portable")))]
pub fn permit(path: &Path) -> std::io::Result<()> {
    std::fs::set_permissions(path, Permissions::from_mode(MODE))
}

/// Whether a file was not opened because its name is a link.
pub fn is_link(error: &std::io::Error) -> bool {
    error.raw_os_error() == Some(rustix::io::Errno::LOOP.raw_os_error())
}

/// Refuses anything but a plain file that only this user can use.
pub fn check_owner(file: &File, path: &Path) -> Result<()> {
    let metadata = file
        .metadata()
        .map_err(|error| Error::from_io(path.display().to_string(), error))?;
    if metadata.is_file() && metadata.uid() == user() && metadata.mode() & 0o077 == 0 {
        Ok(())
    } else {
        Err(Error::NotOwned {
            path: path.display().to_string(),
        })
    }
}

/// Refuses a directory that other users can write to.
#[cfg(any(not(target_os = "linux"), feature = "portable"))]
pub fn check_directory(path: &Path) -> Result<()> {
    let metadata = std::fs::symlink_metadata(path)
        .map_err(|error| Error::from_io(path.display().to_string(), error))?;
    if metadata.is_dir() && metadata.uid() == user() && metadata.mode() & 0o077 == 0 {
        Ok(())
    } else {
        Err(Error::NotOwned {
            path: path.display().to_string(),
        })
    }
}

/// Makes a directory private.
#[cfg(any(not(target_os = "linux"), feature = "portable"))]
pub fn restrict(path: &Path) -> Result<()> {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o700))
        .map_err(|error| Error::from_io(path.display().to_string(), error))
}

/// The numbers of a file that no later file of the same name has: device and inode.
pub fn identity(file: &File) -> std::io::Result<(u64, u64)> {
    file.metadata().map(|about| (about.dev(), about.ino()))
}

/// The same numbers of the file that the name leads to now.
pub fn identity_at(path: &Path) -> std::io::Result<(u64, u64)> {
    std::fs::symlink_metadata(path).map(|about| (about.dev(), about.ino()))
}

/// The names of segments that removing them may have left: a name is always removed.
pub fn segment_names() -> Vec<String> {
    Vec::new()
}
