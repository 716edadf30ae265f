//! The gate: creation, joining and leaving, one process at a time.
//!
//! The gate of a heap is a locked file, and is locked before the heap exists. Its new holder checks that the name still
//! leads to the locked file, because the last writer removes the gate when it leaves. A process that waited for a removed
//! gate starts over with the next one. The consequences:
//!
//! - A heap without a held lease is never joined. A crashed run has left it, and the newcomer begins with an empty heap.
//! - The last writer sets CLOSED before it removes the names, so an observer knows that it must open the name again.
//! - Two processes that start together meet at the gate: one makes the heap, and the other joins it.
//! - A death at any point leaves files without a holder, which the next start removes.
//!
//! A heap that is to be kept for readers stays under its name without a holder, until its time is over or a newcomer begins
//! with an empty heap: see `gate/keeping.rs`.

mod keeping;
mod listing;
mod sweeping;
mod waiting;

pub use listing::{HeapEntry, HeapState, clean, heaps};
pub use sweeping::sweep_orphans;

use crate::error::{Error, Result};
use crate::layout::{LAYOUT_VERSION, header};
use crate::os::lock::LockFile;
use crate::os::name::HeapFiles;
use crate::os::options::HeapOptions;
use crate::storage::heap::Heap;
use crate::sync::{Ordering, per_process};
use keeping::is_kept;
pub(crate) use keeping::keep;
use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::sync::{Arc, Mutex, Weak};
use std::time::{Duration, Instant};
use sweeping::{any_lease_held, clear, foreign_layout, remove, sweep_once, unlink};

per_process! {
    /// The heaps that this process has mapped, one mapping for all threads.
    static MAPPED: Mutex<Option<HashMap<String, Weak<Heap>>>> = Mutex::new(None);
}

/// How long a leaving writer waits at the gate. If it waits in vain, the next start does its work.
const LEAVE_WAIT: Duration = Duration::from_millis(200);

/// Runs `with` on the heap that this process has mapped under that key, and keeps the heap that it returns.
fn mapped(
    key: &str,
    with: impl FnOnce(Option<Arc<Heap>>) -> Result<Arc<Heap>>,
) -> Result<Arc<Heap>> {
    MAPPED.with(|mapped| {
        let mut guard = mapped
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner());
        let heaps = guard.get_or_insert_default();
        heaps.retain(|_, heap| heap.strong_count() > 0);
        let open = heaps
            .get(key)
            .and_then(Weak::upgrade)
            .filter(|heap| !heap.is_closed());
        let heap = with(open)?;
        heaps.insert(key.to_owned(), Arc::downgrade(&heap));
        Ok(heap)
    })
}

/// The key of the heap in this process.
fn key(options: &HeapOptions) -> String {
    match (&options.name, options.id) {
        (Some(name), _) => format!("shared:{}", name.as_str()),
        (None, Some(id)) => format!("private:{id:032x}"),
        (None, None) => format!("private:{:032x}", random()),
    }
}

/// 128 bits that no other heap has, from the system's randomness for hash maps.
fn random() -> u128 {
    let half = || u128::from(RandomState::new().hash_one(Instant::now()));
    half() << 64 | half()
}

/// The held gate of a shared heap. Dropping it opens the gate.
pub(crate) struct Gate {
    lock: Option<LockFile>,
}

impl Gate {
    fn enter(files: &HeapFiles, wait: Duration) -> Result<Gate> {
        let lock = waiting::locked(&files.gate(), wait)?;
        Ok(Gate { lock: Some(lock) })
    }

    /// Opens the gate for a newcomer without a slot. If the heap was made for the newcomer alone, it is removed.
    pub fn abandon(self, heap: &Heap) {
        if let (Some(files), Some(lock)) = (heap.words.files(), &self.lock) {
            end_unless_held(heap, files, lock);
        }
    }
}

/// A heap that was joined.
pub(crate) struct Joined {
    pub heap: Arc<Heap>,
    /// The layout of a heap of that name that another version holds. Only the first join in a process returns it.
    pub foreign_layout: Option<u64>,
    /// Stays closed until this is dropped.
    pub gate: Gate,
}

/// Joins the heap, or makes it. The gate stays closed until the caller has a lease and drops it.
pub(crate) fn join(options: &HeapOptions) -> Result<Joined> {
    let Some(name) = &options.name else {
        let id = options.id.unwrap_or_else(random);
        let heap = mapped(&key(options), |open| match open {
            Some(heap) => Ok(heap),
            None => Heap::create(options, None, id).map(Arc::new),
        })?;
        return Ok(Joined {
            heap,
            foreign_layout: None,
            gate: Gate { lock: None },
        });
    };
    let files = HeapFiles::of(name)?;
    let gate = Gate::enter(&files, options.gate_wait)?;
    let (mut made, mut first) = (false, false);
    let heap = mapped(&key(options), |open| {
        first = open.is_none();
        let lock = gate.lock.as_ref().ok_or(Error::Closed)?;
        let held = any_lease_held(&files)?;
        // A mapped heap whose files were removed by hand goes on, but another heap may have the name now.
        let open = open.filter(|heap| is_guarded_by(heap, lock).unwrap_or(false));
        match open.map_or_else(|| Heap::open(options, files.clone()).map(Arc::new), Ok) {
            Ok(heap) if held && !heap.is_closed() && is_guarded_by(&heap, lock)? => {
                match options.id {
                    Some(id) if id != heap.id() => return Err(Error::IdMismatch),
                    _ => return Ok(heap),
                }
            }
            // A held heap must not be replaced, even if it is damaged.
            Err(error) if held && !matches!(error, Error::NoSuchHeap) => return Err(error),
            _ => {}
        }
        clear(&files);
        made = true;
        let id = options.id.unwrap_or_else(random);
        let created = files.of_next(name, random() as u64).and_then(|next| {
            Heap::create(options, Some((next.clone(), lock)), id)
                .map(Arc::new)
                .inspect_err(|_| unlink(&next))
        });
        created.inspect_err(|_| {
            remove(files.tag());
            remove(files.gate());
        })
    })?;
    if made {
        sweep_once(&files);
    }
    // Later no descriptor may be free, or this process may act as another user.
    heap.words.lock_file()?;
    let foreign_layout = if first { foreign_layout(&files) } else { None };
    if made && foreign_layout.is_some() {
        // Relaxed: a count for display.
        heap.words
            .word(header::CONFLICTS)?
            .fetch_add(1, Ordering::Relaxed);
    }
    Ok(Joined {
        heap,
        foreign_layout,
        gate,
    })
}

/// Maps a heap for reading, without a lease. An observer does not keep the heap alive.
///
/// # Errors
/// [`Error::NoSuchHeap`] if there is no heap of that name, or [`Error::LayoutMismatch`] if only another version of this
/// library has one.
///
/// ```
/// use mpmetrics_core::{HeapName, HeapOptions, observe};
/// let options = HeapOptions { name: Some(HeapName::new("nobody-here").unwrap()), ..HeapOptions::default() };
/// assert_eq!(observe(&options).err().unwrap().code(), "MPMETRICS_NO_SUCH_HEAP");
/// ```
pub fn observe(options: &HeapOptions) -> Result<Arc<Heap>> {
    mapped(&key(options), |open| {
        if let Some(heap) = open {
            return match options.id {
                Some(id) if id != heap.id() => Err(Error::IdMismatch),
                _ => Ok(heap),
            };
        }
        let Some(name) = &options.name else {
            return Err(Error::NoSuchHeap);
        };
        let files = HeapFiles::of(name)?;
        match Heap::open(options, files.clone()) {
            Ok(heap) if !heap.is_closed() => Ok(Arc::new(heap)),
            Ok(_) | Err(Error::NoSuchHeap) => {
                Err(foreign_layout(&files).map_or(Error::NoSuchHeap, |found| {
                    Error::LayoutMismatch {
                        found,
                        expected: LAYOUT_VERSION,
                    }
                }))
            }
            Err(error) => Err(error),
        }
    })
}

/// Whether this gate was held when the heap was made. The gate of a heap may have been removed by hand, and made again.
fn is_guarded_by(heap: &Heap, gate: &LockFile) -> Result<bool> {
    let (device, inode) = gate.identity()?;
    Ok(heap.words.load(header::GATE_DEVICE)? == device
        && heap.words.load(header::GATE_INODE)? == inode)
}

/// Gives up a lease. The last writer closes the heap and removes its files.
pub(crate) fn leave(heap: &Heap, lease: Option<LockFile>) {
    let Some(files) = heap.words.files() else {
        return;
    };
    let gate = Gate::enter(files, LEAVE_WAIT);
    drop(lease);
    let Ok(Gate { lock: Some(lock) }) = gate else {
        return;
    };
    if is_guarded_by(heap, &lock).unwrap_or(false) {
        end_unless_held(heap, files, &lock);
    } else if !matches!(any_lease_held(files), Ok(true))
        && matches!(files.of_present(), Err(Error::NoSuchHeap))
    {
        // This gate was made only by this call, for a heap whose own gate was removed by hand. No process needs it.
        remove(lock.path().to_owned());
    }
}

/// Closes a heap and removes its files, if no lease is held and it is not kept. `lock` is the lock of its gate.
fn end_unless_held(heap: &Heap, files: &HeapFiles, lock: &LockFile) {
    if matches!(any_lease_held(files), Ok(false)) && !is_kept(files) {
        if let Ok(word) = heap.words.word(header::CLOSED) {
            // Release: an observer that sees it sees the last counts.
            word.store(1, Ordering::Release);
        }
        unlink(files);
        remove(lock.path().to_owned());
    }
}
