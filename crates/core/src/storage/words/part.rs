//! A heap whose files were removed by hand while it was in use, and later heaps of the same name.
//!
//! Its members go on, and later processes make another heap. Then there are two pages, each for a part of the application. A
//! member that misses the files locks a file that has the tag of its heap in its name. While any member holds that lock, the
//! members of the other heap see that there is another part.

use super::Words;
use crate::error::Error;
use crate::layout::{MAX_SEGMENTS, header};
use crate::os::lock::LockFile;
use crate::os::name::HeapFiles;
use crate::os::platform;

impl Words {
    /// Whether processes count under this name in another heap, since the files of one were removed: then no page is whole.
    pub fn is_partial(&self) -> bool {
        let Some(files) = &self.files else {
            return false;
        };
        if self.has_lost_its_files() {
            self.hold_part(files);
            return true;
        }
        let parts = HeapFiles::parts().unwrap_or_default();
        parts
            .iter()
            .any(|part| part.has_the_name_of(files) && !part.is_same_heap(files) && is_held(part))
    }

    /// Whether the names of the files lead to them no more, though the heap has not ended.
    fn has_lost_its_files(&self) -> bool {
        let lost = match self.lock_file() {
            Ok(file) => file.is_some_and(|file| !file.is_current()),
            // Removed, or replaced, before this process has opened it.
            Err(error) => matches!(error, Error::Closed | Error::Corrupt { .. }),
        };
        lost && matches!(self.load(header::CLOSED), Ok(0))
    }

    /// Locks the part file, so that no process removes the segments: only their own names are left.
    pub(super) fn keep_segments(&self) {
        if let Some(files) = &self.files
            && self.part_file.get().is_none()
            && self.has_lost_its_files()
        {
            self.hold_part(files);
        }
    }

    fn hold_part(&self, files: &HeapFiles) {
        if self.part_file.get().is_some() {
            return;
        }
        // Without the lock, other members do not see this part. Nothing else depends on it.
        if let Ok(file) = LockFile::open_or_create(files.part())
            && matches!(file.try_shared(), Ok(true))
        {
            let _ = self.part_file.set(file);
        }
    }
}

impl Drop for Words {
    fn drop(&mut self) {
        if let (Some(files), Some(file)) = (&self.files, self.part_file.take()) {
            drop(file);
            remove_unless_held(files);
        }
    }
}

/// Whether any member holds the part.
fn is_held(part: &HeapFiles) -> bool {
    let Ok(Some(file)) = LockFile::open(part.part()) else {
        return false;
    };
    // Members share the lock. Another process that probes it holds it only for a moment, and the next scrape probes again.
    matches!(file.try_exclusive(), Ok(false))
}

/// Removes the rest of a part that no member holds.
pub(crate) fn remove_unless_held(part: &HeapFiles) {
    let Ok(Some(file)) = LockFile::open(part.part()) else {
        return;
    };
    if matches!(file.try_exclusive(), Ok(true)) {
        (0..MAX_SEGMENTS).for_each(|number| platform::unlink_segment(&part.segment(number)));
        // It does not matter if the name is gone already.
        let _ = std::fs::remove_file(part.part());
    }
}
