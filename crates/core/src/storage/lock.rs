//! The mutex of the label map: an in-process lock in front of a kernel-held one, with a breaker.
//!
//! It is taken only to change what all writers share: to create, restart or remove a series, to declare a family, to take a
//! new slot, and to grow. Its holder may be stopped at any point by SIGSTOP or a
//! debugger, so nobody waits for it longer than a stated time; after one time-out the breaker opens, and until a probe
//! succeeds nobody waits at all: new series are dropped at once, and no event loop stalls.

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
    /// Where the journal was when somebody last waited in vain.
    seen: LocalU64,
}

/// So many times the wait is all that anybody waits, even where the lock changes hands all the time, or the machine has too
/// little time for everybody.
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

    /// Takes the lock, and completes what a holder that died has left in the journal.
    pub fn acquire<'a>(&'a self, words: &'a Words) -> Result<Exclusive<'a>> {
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
        self.enter(words, threads, |file| self.wait_for(words, file, wait))
    }

    /// Takes the lock if nobody has it, and waits for nobody.
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
    /// Each holder moves the journal on. While it moves, the lock changes hands, and others are just quicker: that says
    /// nothing against waiting, be the breaker open or not.
    fn wait_for(&self, words: &Words, file: &LockFile, wait: Duration) -> Result<bool> {
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
        let moved = || words.load(header::JOURNAL + layout::journal::SEQUENCE);
        let mut next = wait;
        let mut seen = if next.is_zero() {
            self.seen.load(Ordering::Relaxed)
        } else {
            moved()?
        };
        while !file.exclusive_within(next, left())? {
            let now = moved()?;
            if now == seen || left().is_zero() {
                // Relaxed: as the breaker, a hint to this process's own threads.
                self.seen.store(now, Ordering::Relaxed);
                // Who did not wait has learned nothing about the holder.
                self.open.fetch_or(!next.is_zero(), Ordering::Relaxed);
                return Ok(false);
            }
            seen = now;
            next = self.wait;
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
