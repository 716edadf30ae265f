//! The gate: create, join, leave and sweep, one at a time.
//!
//! The gate of a heap is a locked file, and it is taken before the heap exists. Who has locked it looks whether the name still
//! leads to the file it has locked: the last one out removes the gate as well, and whoever waited for it must
//! not go on with a gate that the next one can't find. What follows from it:
//!
//! - A heap that nobody holds a lease of is never joined: it is what a crashed run has left, and the newcomer starts empty.
//! - The last writer out sets CLOSED before the names go, so an observer that stays behind knows to look again.
//! - Two that start at once meet at the gate; one makes the heap, the other joins it.
//! - A death at any point leaves files that the next start finds unheld, and removes.

use crate::error::{Error, Result};
use crate::heap::Heap;
use crate::layout::{LAYOUT_VERSION, MAGIC, MAX_SEGMENTS, header};
use crate::lock::LockFile;
use crate::name::HeapFiles;
use crate::options::HeapOptions;
use crate::platform;
use crate::segment::Segment;
use crate::sync::Ordering;
use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, Once, Weak};
use std::time::{Duration, Instant};

/// The heaps that this process has mapped: one mapping each, whatever the number of threads.
static MAPPED: Mutex<Option<HashMap<String, Weak<Heap>>>> = Mutex::new(None);

/// How long a leaving writer waits at the gate. If it waits in vain, the next start does its work.
const LEAVE_WAIT: Duration = Duration::from_millis(200);

/// Whoever makes a heap sweeps, once a process: a sweep looks at every heap there is, so a process that makes one after the
/// other would otherwise spend its time on those of others.
static SWEPT: Once = Once::new();

/// Runs `with` on the heap that this process has mapped under a key, and keeps what it returns.
fn mapped(
    key: &str,
    with: impl FnOnce(Option<Arc<Heap>>) -> Result<Arc<Heap>>,
) -> Result<Arc<Heap>> {
    let mut guard = MAPPED
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
}

/// What the heap is known by in this process.
fn key(options: &HeapOptions) -> String {
    match (&options.name, options.id) {
        (Some(name), _) => format!("shared:{}", name.as_str()),
        (None, Some(id)) => format!("private:{id:032x}"),
        (None, None) => format!("private:{:032x}", random()),
    }
}

/// 128 bits that no other heap has, from the randomness that the system gives to hash maps.
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
        let started = Instant::now();
        loop {
            let lock = LockFile::open_or_create(files.gate())?;
            let left = wait.saturating_sub(started.elapsed());
            if !lock.exclusive_within(left)? {
                return Err(Error::GateTimeout {
                    seconds: wait.as_secs_f64(),
                });
            }
            if lock.is_current() {
                return Ok(Gate { lock: Some(lock) });
            }
        }
    }
}

impl Gate {
    /// Opens the gate for a newcomer that could take no slot: a heap that was made for it alone goes.
    pub fn turn_away(self, heap: &Heap) {
        if let (Some(files), Some(lock)) = (heap.files(), &self.lock) {
            end_unless_held(heap, files, lock);
        }
    }
}

/// A heap that was joined.
pub(crate) struct Joined {
    pub heap: Arc<Heap>,
    /// The layout of another version's heap of that name, told to the first in a process to join.
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
        match open.map_or_else(|| Heap::open(options, files.clone()).map(Arc::new), Ok) {
            Ok(heap) if held && !heap.is_closed() && is_guarded_by(&heap, lock)? => {
                match options.id {
                    Some(id) if id != heap.id() => return Err(Error::IdMismatch),
                    _ => return Ok(heap),
                }
            }
            // What is held must not be replaced, whatever is wrong with it.
            Err(error) if held && !matches!(error, Error::NoSuchHeap) => return Err(error),
            _ => {}
        }
        close(&files);
        unlink(&files);
        made = true;
        Heap::create(
            options,
            Some((files.clone(), lock)),
            options.id.unwrap_or_else(random),
        )
        .map(Arc::new)
        .inspect_err(|_| {
            unlink(&files);
            remove(files.gate());
        })
    })?;
    if made {
        SWEPT.call_once(|| sweep(Some(&files)));
    }
    let foreign_layout = if first { foreign_layout(&files) } else { None };
    if made && foreign_layout.is_some() {
        // Relaxed: a count for display.
        heap.word(header::CONFLICTS)?
            .fetch_add(1, Ordering::Relaxed);
    }
    Ok(Joined {
        heap,
        foreign_layout,
        gate,
    })
}

/// The layout of a heap that others hold under the same name, with another version of this library.
fn foreign_layout(files: &HeapFiles) -> Option<u64> {
    let others = HeapFiles::all().unwrap_or_default().into_iter();
    let mut held = others.filter(|(other, _)| other.is_of_another_layout(files));
    held.find_map(|(other, leases)| {
        matches!(is_any_held(leases), Ok(true)).then_some(other.layout())
    })
}

/// Maps a heap for reading: it holds no lease, and does not keep the heap alive.
///
/// # Errors
/// [`Error::NoSuchHeap`] when nobody has made one of that name; [`Error::LayoutMismatch`] when only another version of this
/// library has.
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

/// Whether the heap was made under this gate, and not under one that was removed by hand.
fn is_guarded_by(heap: &Heap, gate: &LockFile) -> Result<bool> {
    let (device, inode) = gate.identity()?;
    Ok(heap.load(header::GATE_DEVICE)? == device && heap.load(header::GATE_INODE)? == inode)
}

/// Gives up a lease; the last one out closes the heap and removes its files.
pub(crate) fn leave(heap: &Heap, lease: Option<LockFile>) {
    let Some(files) = heap.files() else { return };
    let gate = Gate::enter(files, LEAVE_WAIT);
    drop(lease);
    let Ok(Gate { lock: Some(lock) }) = gate else {
        return;
    };
    if is_guarded_by(heap, &lock).unwrap_or(false) {
        end_unless_held(heap, files, &lock);
    } else if !matches!(any_lease_held(files), Ok(true))
        && Segment::open(&files.segment(0), 1).is_err()
    {
        // This gate was made just now, for a heap whose own was removed by hand: nobody needs it.
        remove(lock.path().to_owned());
    }
}

/// Closes a heap and removes its files if nobody holds a lease of it. `lock` is that of its gate.
fn end_unless_held(heap: &Heap, files: &HeapFiles, lock: &LockFile) {
    if matches!(any_lease_held(files), Ok(false)) {
        if let Ok(word) = heap.word(header::CLOSED) {
            // Release: an observer that sees it sees the last counts.
            word.store(1, Ordering::Release);
        }
        unlink(files);
        remove(lock.path().to_owned());
    }
}

/// Removes what crashed runs of this user have left. Whoever makes a heap does so too, once a process.
pub fn sweep_orphans() {
    sweep(None);
}

fn sweep(except: Option<&HeapFiles>) {
    for (files, leases) in HeapFiles::all().unwrap_or_default() {
        // A heap that somebody holds is told by one lease, without its gate, which others may be waiting for.
        if except.is_some_and(|own| own.gate() == files.gate())
            || !matches!(is_any_held(leases), Ok(false))
        {
            continue;
        }
        // Another user's gate can't be opened, a held one can't be locked: neither is ours to remove.
        let Ok(Some(gate)) = LockFile::open(files.gate()) else {
            continue;
        };
        if matches!(gate.try_exclusive(), Ok(true))
            && gate.is_current()
            && matches!(any_lease_held(&files), Ok(false))
        {
            close(&files);
            unlink(&files);
            remove(files.gate());
        }
    }
}

/// Tells those who have the heap mapped that it is over.
fn close(files: &HeapFiles) {
    let Ok(segment) = Segment::open(&files.segment(0), header::END as usize) else {
        return;
    };
    let words = segment.words();
    let is = |place: u32, value: u64| words[place as usize].load(Ordering::Relaxed) == value;
    if is(header::MAGIC, MAGIC) && is(header::VERSION, LAYOUT_VERSION) {
        words[header::CLOSED as usize].store(1, Ordering::Release);
    }
}

/// Removes all names of a heap but its gate's. The caller holds the gate.
fn unlink(files: &HeapFiles) {
    (0..MAX_SEGMENTS).for_each(|number| platform::unlink_segment(&files.segment(number)));
    files
        .leases()
        .unwrap_or_default()
        .into_iter()
        .for_each(remove);
    remove(files.label_map());
}

fn remove(path: PathBuf) {
    // A file that is gone already is what was wanted.
    let _ = std::fs::remove_file(path);
}

/// Whether any writer of any version of the layout holds a lease.
fn any_lease_held(files: &HeapFiles) -> Result<bool> {
    is_any_held(files.leases()?)
}

fn is_any_held(leases: Vec<PathBuf>) -> Result<bool> {
    for path in leases {
        let lease = match LockFile::open(path) {
            Ok(Some(lease)) => lease,
            // What belongs to another user is no lease of this heap.
            Ok(None) | Err(Error::NotOwned { .. }) => continue,
            // A process that can open no more files knows nothing, and must not take a heap for one that nobody holds.
            Err(error) => return Err(error),
        };
        // Shared: an exclusive probe could be taken for a holder by another one.
        if !lease.try_shared()? {
            return Ok(true);
        }
    }
    Ok(false)
}
