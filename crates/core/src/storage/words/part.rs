//! A heap whose files were removed by hand while it was in use, and the heaps that there are of one name since.
//!
//! Its members go on, and those that come later make another heap: two pages, each of a part of the application. A member that
//! finds the files gone holds a lock on a file that has the tag of its heap in its name. By that the members of the other heap
//! see that there is another part, for as long as any member holds it.

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

    /// Says by a lock that the heap is alive, so that nobody removes its segments: they have only their own names left.
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
        // Without it others do not see this part. Nothing else depends on it.
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
    // Members share it, and another process that asks is done at once: it asks once more at the next scrape.
    matches!(file.try_exclusive(), Ok(false))
}

/// Removes what is left of a part that no member holds.
pub(crate) fn remove_unless_held(part: &HeapFiles) {
    let Ok(Some(file)) = LockFile::open(part.part()) else {
        return;
    };
    if matches!(file.try_exclusive(), Ok(true)) {
        (0..MAX_SEGMENTS).for_each(|number| platform::unlink_segment(&part.segment(number)));
        // A file that is gone already is what was wanted.
        let _ = std::fs::remove_file(part.part());
    }
}
