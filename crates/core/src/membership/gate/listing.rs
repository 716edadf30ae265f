//! The list of all heaps in the directory of this machine, and the removal of heaps without a writer.

use super::keeping::{first_segment, is_within};
use super::sweeping::{any_lease_held, are_remains, clear, is_any_held, remove, remove_remains};
use crate::clock::now;
use crate::error::{Error, Result};
use crate::layout::header;
use crate::os::lock::LockFile;
use crate::os::name::{HeapFiles, HeapName};
use crate::sync::{AtomicF64, Ordering};

/// The state of a heap.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum HeapState {
    /// Writers hold it.
    Held,
    /// No writer holds it, and it is kept until that time (seconds since the epoch).
    Kept {
        /// The end of the time. After a kill, the time begins when a process first notices it. Until then, this is the
        /// latest possible end.
        until: f64,
    },
    /// No writer holds it. The next start of a program of this user removes it.
    Left,
    /// It belongs to another user, so nothing is known of it.
    Foreign,
}

/// One heap of the list.
#[derive(Clone, Debug)]
pub struct HeapEntry {
    /// Its name. `None`: it belongs to another user, or an older version without names in the list has made it.
    pub name: Option<HeapName>,
    /// The letters that heaps of one name and user have in common, whatever their layout.
    pub key: String,
    /// The version of its layout.
    pub layout: u64,
    /// Its state.
    pub state: HeapState,
    /// The path of its gate.
    pub gate: String,
}

/// All heaps of this machine, by name. This call only looks: it removes nothing, and keeps no heap longer.
///
/// ```
/// use mpmetrics_core::{HeapName, HeapOptions, HeapState, Writer, heaps};
/// let name = HeapName::new("listed")?;
/// let writer = Writer::attach(&HeapOptions { name: Some(name.clone()), ..HeapOptions::default() }, 0)?;
/// let entry = heaps()?.into_iter().find(|entry| entry.name.as_ref() == Some(&name)).unwrap();
/// assert_eq!(entry.state, HeapState::Held);
/// # Ok::<(), mpmetrics_core::Error>(())
/// ```
pub fn heaps() -> Result<Vec<HeapEntry>> {
    let mut entries = Vec::new();
    let present = HeapFiles::present()?;
    for (files, leases) in present.with_gate {
        // Its last writer may leave meanwhile.
        if let Some(state) = state_of(&files, leases)? {
            entries.push(entry(&files, state));
        }
    }
    for (files, paths) in present.without_gate {
        if are_remains(&paths) {
            entries.push(entry(&files, ended_state(&files)));
        }
    }
    entries.sort_by(|one, other| sort_key(one).cmp(&sort_key(other)));
    Ok(entries)
}

fn sort_key(entry: &HeapEntry) -> (Option<&str>, &str, u64) {
    let name = entry.name.as_ref().map(HeapName::as_str);
    (name, &entry.key, entry.layout)
}

fn entry(files: &HeapFiles, state: HeapState) -> HeapEntry {
    HeapEntry {
        name: files.heap_name(),
        key: files.key().to_owned(),
        layout: files.layout(),
        state,
        gate: files.gate().display().to_string(),
    }
}

/// `None`: the heap is gone.
fn state_of(files: &HeapFiles, leases: Vec<std::path::PathBuf>) -> Result<Option<HeapState>> {
    match LockFile::open(files.gate()) {
        Ok(Some(_)) => {}
        Ok(None) => return Ok(None),
        Err(Error::NotOwned { .. }) => return Ok(Some(HeapState::Foreign)),
        Err(error) => return Err(error),
    }
    Ok(Some(if is_any_held(leases)? {
        HeapState::Held
    } else {
        ended_state(files)
    }))
}

/// The state of a heap without a holder.
fn ended_state(files: &HeapFiles) -> HeapState {
    kept_until(files).map_or(HeapState::Left, |until| HeapState::Kept { until })
}

/// The end of the time for which a heap without a holder is kept; `None`: it is not kept.
fn kept_until(files: &HeapFiles) -> Option<f64> {
    let segment = first_segment(&files.of_present().ok()?)?;
    let word = |place: u32| &segment.words()[place as usize];
    // Relaxed: for display.
    let keep = word(header::KEEP).load(Ordering::Relaxed);
    let ended = match word(header::ENDED).load_f64(Ordering::Relaxed) {
        0.0 => now(),
        ended => ended,
    };
    (keep > 0 && is_within(ended, keep, now())).then_some(ended + keep as f64)
}

/// Removes the files of this user's heaps without a writer, and returns these heaps. Kept heaps stay, unless `kept` is
/// true.
///
/// ```
/// assert!(mpmetrics_core::clean(false)?.iter().all(|heap| heap.name.is_some() || heap.layout > 0));
/// # Ok::<(), mpmetrics_core::Error>(())
/// ```
pub fn clean(kept: bool) -> Result<Vec<HeapEntry>> {
    let mut removed = Vec::new();
    let present = HeapFiles::present()?;
    for (files, leases) in present.with_gate {
        let state = state_of(&files, leases)?;
        let is_over = match state {
            Some(HeapState::Left) => true,
            Some(HeapState::Kept { .. }) => kept,
            _ => false,
        };
        let Some(state) = state.filter(|_| is_over) else {
            continue;
        };
        let entry = entry(&files, state);
        // Under the gate, no process joins or makes the heap. A held gate means that a process does so now.
        let Ok(Some(gate)) = LockFile::open(files.gate()) else {
            continue;
        };
        if matches!(gate.try_exclusive(), Ok(true))
            && gate.is_current()
            && matches!(any_lease_held(&files), Ok(false))
        {
            clear(&files);
            remove(files.gate());
            removed.push(entry);
        }
    }
    for (files, paths) in present.without_gate {
        let entry = entry(&files, ended_state(&files));
        if remove_remains(&files, &paths, kept) {
            removed.push(entry);
        }
    }
    Ok(removed)
}
