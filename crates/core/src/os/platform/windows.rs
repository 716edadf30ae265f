//! Windows: the user's own temporary directory is private, and a segment is a mapped file.

use crate::error::{Error, Result};
use std::fs::{File, OpenOptions};
use std::io;
use std::os::windows::fs::OpenOptionsExt;
use std::os::windows::io::AsRawHandle;
use std::path::{Path, PathBuf};
use windows_sys::Win32::Storage::FileSystem::{
    BY_HANDLE_FILE_INFORMATION, GetFileInformationByHandle,
};

/// The user this process acts as: the temporary directory is the user's already.
pub fn user() -> u32 {
    0
}

/// Opens a lock file, making it when it is missing.
pub fn open_lock_file(path: &Path, create: bool) -> io::Result<File> {
    OpenOptions::new()
        .read(true)
        .write(true)
        .create(create)
        .open(path)
}

/// Whether a file was not opened because its name is a link. A link to a plain file is opened here.
pub fn is_link(_error: &io::Error) -> bool {
    false
}

/// Refuses anything but a plain file.
pub fn check_owner(file: &File, path: &Path) -> Result<()> {
    match file.metadata() {
        Ok(metadata) if metadata.is_file() => Ok(()),
        Ok(_) => Err(Error::NotOwned {
            path: path.display().to_string(),
        }),
        Err(error) => Err(Error::from_io(path.display().to_string(), error)),
    }
}

/// Refuses anything but a directory.
pub fn check_directory(path: &Path) -> Result<()> {
    if path.is_dir() {
        Ok(())
    } else {
        Err(Error::NotOwned {
            path: path.display().to_string(),
        })
    }
}

/// The user's temporary directory is restricted already.
pub fn restrict(_path: &Path) -> Result<()> {
    Ok(())
}

/// The numbers of a file that no later file of the same name has: those of volume and file. Here, too, an open file can be
/// removed.
pub fn identity(file: &File) -> io::Result<(u64, u64)> {
    let mut about = BY_HANDLE_FILE_INFORMATION::default();
    // SAFETY: the handle is open while the file lives, and the buffer has room for the answer.
    let read = unsafe { GetFileInformationByHandle(file.as_raw_handle(), &raw mut about) };
    if read == 0 {
        return Err(io::Error::last_os_error());
    }
    let index = u64::from(about.nFileIndexHigh) << 32 | u64::from(about.nFileIndexLow);
    Ok((about.dwVolumeSerialNumber.into(), index))
}

/// The same numbers of the file that the name leads to now.
pub fn identity_at(path: &Path) -> io::Result<(u64, u64)> {
    // Without any access: a lock does not prevent that.
    identity(&OpenOptions::new().access_mode(0).open(path)?)
}

/// The directory in which the crate `shared_memory` keeps the files of its segments.
fn segments() -> PathBuf {
    std::env::temp_dir().join("shared_memory-rs")
}

/// Removes the name of a segment. It stays while any process has it mapped: a later sweep removes it then.
pub fn unlink_segment(segment: &str) {
    // It does not matter if the name is gone already.
    let _ = std::fs::remove_file(segments().join(segment));
}

/// The names of all files that may be segments.
pub fn segment_names() -> Vec<String> {
    let entries = std::fs::read_dir(segments()).into_iter().flatten();
    let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    names.collect()
}
