//! The label-map lock: a mutex within the process, in front of a file lock that the kernel holds, with a breaker.
//!
//! The lock is taken only to change the structure that all writers share: to create, restart or remove a series, to declare
//! a family, to add a slot, and to grow. Its holder may be stopped at any point by SIGSTOP or a debugger, so each wait is
//! bounded. After a time-out the breaker opens, and nobody waits until a probe succeeds: new series are dropped at once, and
//! no event loop stalls.

use crate::error::{Error, Result};
use crate::layout::{self, header};
use crate::os::lock::LockFile;
use crate::storage::journal::{self, Write};
use crate::storage::words::Words;
use crate::sync::{LocalBool, LocalU64, Mutex, MutexGuard, Ordering};
use std::sync::TryLockError;
use std::time::{Duration, Instant};

pub(crate) struct MapLock {
    /// Holds the list of pending writes, so that it is allocated once.
    threads: Mutex<Vec<Write>>,
    /// True after a wait that ended in vain.
    open: LocalBool,
    wait: Duration,
    /// The sequence of the journal when a wait last ended without the lock.
    seen: LocalU64,
}

/// The longest wait, as a multiple of the usual one: the limit if the lock changes hands all the time, or the machine is
/// overloaded.
const MOST_WAITS: f64 = 2.5;

impl MapLock {
    pub fn new(wait: Duration) -> MapLock {
        MapLock {
            threads: Mutex::new(Vec::new()),
            open: LocalBool::new(false),
            wait,
            seen: LocalU64::new(u64::MAX),
        }
    }

    /// Takes the lock. A change that a dead holder has left in the journal is completed.
    pub fn acquire<'a>(&'a self, words: &'a Words) -> Result<Exclusive<'a>> {
        // A panic under the lock leaves pending writes, which are discarded.
        let threads = self
            .threads
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner());
        // Relaxed: the breaker is a hint among this process's threads, and the mutex orders them.
        let wait = if self.open.load(Ordering::Relaxed) {
            Duration::ZERO
        } else {
            self.wait
        };
        self.enter(words, threads, |file| self.wait_for(words, file, wait))
    }

    /// Takes the lock if it is free, without any wait.
    pub fn try_acquire<'a>(&'a self, words: &'a Words) -> Result<Exclusive<'a>> {
        let threads = match self.threads.try_lock() {
            Ok(threads) => threads,
            Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
            Err(TryLockError::WouldBlock) => return Err(Error::Busy),
        };
        self.enter(words, threads, LockFile::try_exclusive)
    }

    fn enter<'a>(
        &'a self,
        words: &'a Words,
        mut threads: MutexGuard<'a, Vec<Write>>,
        lock: impl FnOnce(&LockFile) -> Result<bool>,
    ) -> Result<Exclusive<'a>> {
        threads.clear();
        let file = words.lock_file()?;
        if let Some(file) = file {
            if !lock(file)? {
                return Err(Error::Busy);
            }
            self.open.store(false, Ordering::Relaxed);
        }
        let exclusive = Exclusive {
            words,
            file,
            threads,
        };
        journal::replay(words, header::JOURNAL)?;
        Ok(exclusive)
    }

    /// Waits for the lock, and opens the breaker if its holder seems to be stopped.
    ///
    /// Each holder moves the journal on. While the journal moves, the lock changes hands between other writers. Then this
    /// writer waits on, whether the breaker is open or not.
    fn wait_for(&self, words: &Words, file: &LockFile, wait: Duration) -> Result<bool> {
        // The lock is usually free; try it once before reading the clock.
        if file.try_exclusive()? {
            return Ok(true);
        }
        let started = Instant::now();
        let left = || {
            self.wait
                .mul_f64(MOST_WAITS)
                .saturating_sub(started.elapsed())
        };
        let moved = || words.load(header::JOURNAL + layout::journal::SEQUENCE);
        let mut wait = wait;
        let mut seen = if wait.is_zero() {
            self.seen.load(Ordering::Relaxed)
        } else {
            moved()?
        };
        while !file.exclusive_within(wait, left())? {
            let now = moved()?;
            if now == seen || left().is_zero() {
                // Relaxed: as the breaker, a hint to this process's own threads.
                self.seen.store(now, Ordering::Relaxed);
                // A writer that did not wait knows nothing about the holder.
                self.open.fetch_or(!wait.is_zero(), Ordering::Relaxed);
                return Ok(false);
            }
            seen = now;
            wait = self.wait;
        }
        Ok(true)
    }
}

/// Proof that this thread holds the lock of the label map.
pub(crate) struct Exclusive<'a> {
    pub words: &'a Words,
    file: Option<&'a LockFile>,
    threads: MutexGuard<'a, Vec<Write>>,
}

impl Exclusive<'_> {
    /// Begins a change of the heap's structure.
    pub fn transaction(&mut self) -> journal::Transaction<'_> {
        journal::Transaction::of_heap(self.words, &mut self.threads)
    }
}

impl Drop for Exclusive<'_> {
    fn drop(&mut self) {
        if let Some(file) = self.file {
            file.release();
        }
    }
}
