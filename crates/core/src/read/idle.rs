//! What this process has seen of series that go when nothing happens to them.
//!
//! Who scrapes remembers a mark of each such series' value, and since when it has been the same. That costs nothing to
//! those who do not use it, and needs no word in shared memory, which nobody could store to without the lock.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, TryLockError};

/// A series as it was when it last changed.
struct Seen {
    generation: u32,
    mark: u64,
    /// The machine's monotonic clock, in seconds.
    since: f64,
}

type Memory = HashMap<u32, Seen>;

/// The memory of one process.
#[derive(Default)]
pub(crate) struct Idle(Mutex<Memory>);

/// The memory, as one scrape has it.
pub(crate) struct Watch<'a>(Option<MutexGuard<'a, Memory>>);

impl Idle {
    /// The memory for one scrape; another scrape at the same time neither remembers nor removes anything.
    pub fn watch(&self) -> Watch<'_> {
        Watch(match self.0.try_lock() {
            Ok(memory) => Some(memory),
            Err(TryLockError::Poisoned(poisoned)) => Some(poisoned.into_inner()),
            Err(TryLockError::WouldBlock) => None,
        })
    }
}

impl Watch<'_> {
    /// How long the series has had that mark, in seconds.
    pub fn idle_for(&mut self, number: u32, generation: u32, mark: u64, now: f64) -> f64 {
        let Some(memory) = &mut self.0 else {
            return 0.0;
        };
        let new = Seen {
            generation,
            mark,
            since: now,
        };
        let seen = memory.entry(number).or_insert(Seen { ..new });
        if (seen.generation, seen.mark) != (generation, mark) {
            *seen = new;
        }
        now - seen.since
    }

    /// Something keeps the series alive.
    pub fn forget(&mut self, number: u32) {
        if let Some(memory) = &mut self.0 {
            memory.remove(&number);
        }
    }

    /// Forgets what is not there any more.
    pub fn retain(&mut self, mut lives: impl FnMut(u32, u32) -> bool) {
        if let Some(memory) = &mut self.0 {
            memory.retain(|number, seen| lives(*number, seen.generation));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_of_mark_or_generation_begins_anew() {
        let idle = Idle::default();
        let mut watch = idle.watch();
        assert_eq!(watch.idle_for(3, 1, 7, 10.0), 0.0);
        assert_eq!(watch.idle_for(3, 1, 7, 15.0), 5.0);
        assert_eq!(idle.watch().idle_for(3, 1, 7, 99.0), 0.0);
        assert_eq!(watch.idle_for(3, 1, 8, 16.0), 0.0);
        assert_eq!(watch.idle_for(3, 2, 8, 17.0), 0.0);
        watch.forget(3);
        assert_eq!(watch.idle_for(3, 2, 8, 18.0), 0.0);
        watch.retain(|number, generation| (number, generation) != (3, 2));
        assert_eq!(watch.idle_for(3, 2, 8, 19.0), 0.0);
    }
}
