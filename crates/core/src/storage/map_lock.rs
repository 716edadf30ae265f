//! The mutex of the label map: an in-process lock in front of a kernel-held one, with a breaker.
//!
//! It is taken only to change what all writers share: to create, restart or remove a series, to declare a family, to take a
//! new slot, and to grow. Its holder may be stopped at any point by SIGSTOP or a
//! debugger, so nobody waits for it longer than a stated time; after one time-out the breaker opens, and until a probe
//! succeeds nobody waits at all: new series are dropped at once, and no event loop stalls.

use crate::error::{Error, Result};
use crate::layout::{self, header};
use crate::os::lock::LockFile;
use crate::os::name::HeapFiles;
use crate::storage::heap::Heap;
use crate::storage::journal::{self, Write};
use crate::sync::{LocalBool, LocalU64, Mutex, MutexGuard, Ordering};
use std::path::PathBuf;
use std::sync::{OnceLock, TryLockError};
use std::time::{Duration, Instant};

pub(crate) struct MapLock {
    path: Option<PathBuf>,
    file: OnceLock<LockFile>,
    /// Holds the list of pending writes, so that it is allocated once.
    threads: Mutex<Vec<Write>>,
    /// True after a wait that ended in vain.
    open: LocalBool,
    wait: Duration,
    /// Where the journal was when somebody last waited in vain.
    seen: LocalU64,
}

/// So many times the wait is all that anybody waits, even where the lock changes hands all the time, or the machine has too
/// little time for everybody.
const MOST_WAITS: f64 = 2.5;

impl MapLock {
    pub fn new(files: Option<&HeapFiles>, wait: Duration) -> MapLock {
        MapLock {
            path: files.map(HeapFiles::label_map),
            file: OnceLock::new(),
            threads: Mutex::new(Vec::new()),
            open: LocalBool::new(false),
            wait,
            seen: LocalU64::new(u64::MAX),
        }
    }

    /// Makes the lock file of a new heap, and returns its inode.
    pub fn make(&self, files: Option<&HeapFiles>) -> Result<u64> {
        match files {
            Some(files) => Ok(LockFile::open_or_create(files.label_map())?.identity()?.1),
            None => Ok(0),
        }
    }

    /// The open lock file; `None` in a private heap.
    fn file(&self, heap: &Heap) -> Result<Option<&LockFile>> {
        let Some(path) = &self.path else {
            return Ok(None);
        };
        if let Some(file) = self.file.get() {
            return Ok(Some(file));
        }
        let opened = LockFile::open(path.clone())?.ok_or(Error::Closed)?;
        if opened.identity()?.1 != heap.load(header::MAP_INODE)? {
            // Two files would be two locks.
            return Err(Error::Corrupt {
                what: "the lock file of the label map was replaced",
            });
        }
        Ok(Some(self.file.get_or_init(|| opened)))
    }

    /// Whether the names of the heap's files still lead to its own. They may have been removed by hand, and another heap made
    /// since; who has this one goes on, but may not touch what is there now.
    pub fn is_current(&self, heap: &Heap) -> Result<bool> {
        Ok(self.file(heap)?.is_none_or(LockFile::is_current))
    }

    /// Takes the lock, and completes what a holder that died has left in the journal.
    pub fn acquire<'heap>(&'heap self, heap: &'heap Heap) -> Result<Exclusive<'heap>> {
        // A panic while the lock was held leaves pending writes, which are discarded.
        let threads = self
            .threads
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner());
        // Relaxed: the breaker is a hint to this process's own threads, which the mutex orders.
        let wait = if self.open.load(Ordering::Relaxed) {
            Duration::ZERO
        } else {
            self.wait
        };
        self.enter(heap, threads, |file| self.wait_for(heap, file, wait))
    }

    /// Takes the lock if nobody has it, and waits for nobody.
    pub fn try_acquire<'heap>(&'heap self, heap: &'heap Heap) -> Result<Exclusive<'heap>> {
        let threads = match self.threads.try_lock() {
            Ok(threads) => threads,
            Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
            Err(TryLockError::WouldBlock) => return Err(Error::Busy),
        };
        self.enter(heap, threads, LockFile::try_exclusive)
    }

    fn enter<'heap>(
        &'heap self,
        heap: &'heap Heap,
        mut threads: MutexGuard<'heap, Vec<Write>>,
        lock: impl FnOnce(&LockFile) -> Result<bool>,
    ) -> Result<Exclusive<'heap>> {
        threads.clear();
        let file = self.file(heap)?;
        if let Some(file) = file {
            if !lock(file)? {
                return Err(Error::Busy);
            }
            self.open.store(false, Ordering::Relaxed);
        }
        let exclusive = Exclusive {
            heap,
            file,
            threads,
        };
        journal::replay(heap, header::JOURNAL)?;
        Ok(exclusive)
    }

    /// Waits for the lock, and opens the breaker if its holder seems to be stopped.
    ///
    /// Each holder moves the journal on. While it moves, the lock changes hands, and others are just quicker: that says
    /// nothing against waiting, be the breaker open or not.
    fn wait_for(&self, heap: &Heap, file: &LockFile, wait: Duration) -> Result<bool> {
        // As a rule nobody has it: then nobody has to know what time it is.
        if file.try_exclusive()? {
            return Ok(true);
        }
        let started = Instant::now();
        let left = || {
            self.wait
                .mul_f64(MOST_WAITS)
                .saturating_sub(started.elapsed())
        };
        let moved = || heap.load(header::JOURNAL + layout::journal::SEQUENCE);
        let mut patience = wait;
        let mut seen = if patience.is_zero() {
            self.seen.load(Ordering::Relaxed)
        } else {
            moved()?
        };
        while !file.exclusive_within(patience, left())? {
            let now = moved()?;
            if now == seen || left().is_zero() {
                // Relaxed: as the breaker, a hint to this process's own threads.
                self.seen.store(now, Ordering::Relaxed);
                // Who did not wait has learned nothing about the holder.
                self.open.fetch_or(!patience.is_zero(), Ordering::Relaxed);
                return Ok(false);
            }
            seen = now;
            patience = self.wait;
        }
        Ok(true)
    }
}

/// Proof that this thread holds the lock of the label map.
pub(crate) struct Exclusive<'heap> {
    pub heap: &'heap Heap,
    file: Option<&'heap LockFile>,
    threads: MutexGuard<'heap, Vec<Write>>,
}

impl Exclusive<'_> {
    /// Begins a change of the heap's structure.
    pub fn transaction(&mut self) -> journal::Transaction<'_> {
        journal::Transaction::of_heap(self.heap, &mut self.threads)
    }
}

impl Drop for Exclusive<'_> {
    fn drop(&mut self) {
        if let Some(file) = self.file {
            file.release();
        }
    }
}
