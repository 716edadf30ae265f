//! Windows: the user's own temporary directory keeps others out, and file identities are not asked for.

use crate::error::{Error, Result};
use std::fs::{File, Metadata, OpenOptions};
use std::path::Path;

/// The user this process acts as: the temporary directory is the user's already.
pub fn user() -> u32 {
    0
}

/// Opens a lock file, making it when it is missing.
pub fn open_lock_file(path: &Path, create: bool) -> std::io::Result<File> {
    OpenOptions::new()
        .read(true)
        .write(true)
        .create(create)
        .open(path)
}

/// Whether a file was not opened as there is a link in its place: one that leads to a plain file is opened.
pub fn is_link(_error: &std::io::Error) -> bool {
    false
}

/// Refuses what is not a plain file.
pub fn check_owner(file: &File, path: &Path) -> Result<()> {
    match file.metadata() {
        Ok(metadata) if metadata.is_file() => Ok(()),
        Ok(_) => Err(Error::NotOwned {
            path: path.display().to_string(),
        }),
        Err(error) => Err(Error::from_io(path.display().to_string(), error)),
    }
}

/// Refuses what is not a directory.
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

/// Files that are open can't be removed here, so a name never changes its file.
pub fn file_identity(_metadata: &Metadata) -> (u64, u64) {
    (0, 0)
}

/// Files that are open can't be removed here.
pub fn is_linked(_metadata: &Metadata) -> bool {
    true
}
