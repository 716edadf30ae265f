//! Sweeping: the search for heaps without a holder, and the removal of their files.

use super::keeping::{first_segment, is_kept};
use crate::error::{Error, Result};
use crate::layout::{MAX_SEGMENTS, header};
use crate::os::lock::LockFile;
use crate::os::name::HeapFiles;
use crate::os::platform;
use crate::storage::words::part::remove_unless_held;
use crate::sync::{Ordering, kernel_call};
use std::path::PathBuf;
use std::sync::Once;
use std::time::Duration;

/// The least age of files without a gate that are removed.
const STALE: Duration = Duration::from_secs(60);

/// Removes the files of crashed runs when this process makes its first heap. A sweep looks at every heap of the machine, so
/// it is not repeated for further heaps.
pub(super) fn sweep_once(own: &HeapFiles) {
    static SWEPT: Once = Once::new();
    // The processes of a model are threads of one process, so they sweep only in the models of sweeping.
    if cfg!(not(loom)) {
        SWEPT.call_once(|| sweep(Some(own)));
    }
}

/// Removes the files that crashed runs of this user have left. Each process does this when it makes its first heap.
pub fn sweep_orphans() {
    sweep(None);
}

fn sweep(except: Option<&HeapFiles>) {
    let present = HeapFiles::present().unwrap_or_default();
    for (files, leases) in present.with_gate {
        // One held lease is enough to know. The gate, for which other processes may wait, is not needed.
        if except.is_some_and(|own| own.gate() == files.gate())
            || !matches!(is_any_held(leases), Ok(false))
        {
            continue;
        }
        // Another user's gate cannot be opened, and a held gate cannot be locked: this process must remove neither.
        let Ok(Some(gate)) = LockFile::open(files.gate()) else {
            continue;
        };
        if matches!(gate.try_exclusive(), Ok(true))
            && gate.is_current()
            && matches!(any_lease_held(&files), Ok(false))
            && !is_kept(&files)
        {
            clear(&files);
            remove(files.gate());
        }
    }
    for (files, paths) in present.without_gate {
        remove_remains(&files, &paths, false);
    }
    for part in HeapFiles::parts().unwrap_or_default() {
        remove_unless_held(&part);
    }
    // Where a mapped segment cannot be removed, segments of earlier heaps are left. A segment that is still mapped stays
    // this time, too.
    for segment in platform::segment_names() {
        let files = HeapFiles::of_tagged(&segment);
        let is_present = |files: &HeapFiles| {
            files
                .of_present()
                .is_ok_and(|present| present.is_same_heap(files))
        };
        if files.is_some_and(|files| !is_present(&files)) {
            platform::unlink_segment(&segment);
        }
    }
}

/// Whether these files of a heap without a gate belong to this user, and to no process. The files of a live heap whose gate
/// was removed by hand are held, or are young: its members soon hold a part file.
pub(super) fn are_remains(paths: &[PathBuf]) -> bool {
    let is_left = |path: &PathBuf| {
        let Ok(Some(file)) = LockFile::open(path.clone()) else {
            return false;
        };
        let age = file.touched().and_then(|at| at.elapsed().ok());
        // Shared, as where leases are probed.
        age.is_some_and(|age| age >= STALE) && matches!(file.try_shared(), Ok(true))
    };
    !paths.is_empty() && paths.iter().all(is_left)
}

/// Removes the files of a heap without a gate, if they are remains. A kept heap stays, unless `kept` is true.
///
/// The gate is made again and held meanwhile, so no process makes a heap under these names.
pub(super) fn remove_remains(files: &HeapFiles, paths: &[PathBuf], kept: bool) -> bool {
    if !are_remains(paths) {
        return false;
    }
    let Ok(gate) = LockFile::open_or_create(files.gate()) else {
        return false;
    };
    // Looked at again: a heap may have been made before this process held the gate. If so, or if the heap is kept, the
    // gate stays, and the heap is one with a gate.
    let is_over = matches!(gate.try_exclusive(), Ok(true))
        && gate.is_current()
        && are_remains(paths)
        && matches!(any_lease_held(files), Ok(false))
        && (kept || !is_kept(files));
    if is_over {
        unlink(files.of_present().as_ref().unwrap_or(files));
        // Segments with another tag, or of a layout without tags.
        paths.iter().cloned().for_each(remove);
        remove(files.gate());
    }
    is_over
}

/// Removes all names that a crashed run has left, except the gate's. The caller holds the gate.
pub(super) fn clear(files: &HeapFiles) {
    // Without a tag there are no segments: the tag is written before the first segment, and removed after the last.
    let present = files.of_present();
    if let Ok(present) = &present {
        close(present);
    }
    unlink(present.as_ref().unwrap_or(files));
}

/// Marks the heap as closed, for processes that have it mapped.
fn close(files: &HeapFiles) {
    if let Some(segment) = first_segment(files) {
        // Release: as where the last writer out closes the heap.
        segment.words()[header::CLOSED as usize].store(1, Ordering::Release);
    }
}

/// Removes all names of a heap but its gate's. The caller holds the gate.
pub(super) fn unlink(files: &HeapFiles) {
    (0..MAX_SEGMENTS).for_each(|number| platform::unlink_segment(&files.segment(number)));
    files
        .leases()
        .unwrap_or_default()
        .into_iter()
        .for_each(remove);
    remove(files.label_map());
    remove(files.tag());
}

pub(super) fn remove(path: PathBuf) {
    kernel_call();
    // It does not matter if the name is gone already.
    let _ = std::fs::remove_file(path);
}

/// Whether any writer of any version of the layout holds a lease.
pub(super) fn any_lease_held(files: &HeapFiles) -> Result<bool> {
    is_any_held(files.leases()?)
}

pub(super) fn is_any_held(leases: Vec<PathBuf>) -> Result<bool> {
    for path in leases {
        let lease = match LockFile::open(path) {
            Ok(Some(lease)) => lease,
            // A file of another user is no lease of this heap.
            Ok(None) | Err(Error::NotOwned { .. }) => continue,
            // A process without a free descriptor knows nothing, and must not take a held heap for an orphan.
            Err(error) => return Err(error),
        };
        // Shared: an exclusive probe could be taken for a holder by another one.
        if !lease.try_shared()? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The layout of a heap of the same name that another version of this library holds.
pub(super) fn foreign_layout(files: &HeapFiles) -> Option<u64> {
    let others = HeapFiles::present()
        .unwrap_or_default()
        .with_gate
        .into_iter();
    let mut held = others.filter(|(other, _)| other.is_of_another_layout(files));
    held.find_map(|(other, leases)| {
        matches!(is_any_held(leases), Ok(true)).then_some(other.layout())
    })
}
