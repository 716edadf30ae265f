//! A word whose loads and stores loom runs in every order that the memory model allows.
//!
//! A heap has thousands of words, and a model needs few of them. [`Word::model`] selects these. The others are plain memory,
//! and every thread sees their newest value.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

pub use loom::hint::spin_loop;
pub use loom::sync::atomic::fence;
pub use loom::thread::yield_now;

/// A word of shared memory.
pub struct Word {
    plain: AtomicU64,
    modelled: OnceLock<loom::sync::atomic::AtomicU64>,
}

/// Does the same to whichever of the two the word is.
macro_rules! either {
    ($self:ident.$method:ident($($argument:expr),*)) => {
        match $self.modelled.get() {
            Some(word) => word.$method($($argument),*),
            None => $self.plain.$method($($argument),*),
        }
    };
}

impl Word {
    pub fn new(value: u64) -> Word {
        Word {
            plain: AtomicU64::new(value),
            modelled: OnceLock::new(),
        }
    }

    /// From here on the word is loom's. Before the threads of a model begin.
    pub fn model(&self) {
        // Relaxed: there is only one thread so far.
        let value = self.plain.load(Ordering::Relaxed);
        self.modelled
            .get_or_init(|| loom::sync::atomic::AtomicU64::new(value));
    }

    pub fn load(&self, order: Ordering) -> u64 {
        either!(self.load(order))
    }

    pub fn store(&self, value: u64, order: Ordering) {
        either!(self.store(value, order));
    }

    pub fn swap(&self, value: u64, order: Ordering) -> u64 {
        either!(self.swap(value, order))
    }

    pub fn fetch_add(&self, value: u64, order: Ordering) -> u64 {
        either!(self.fetch_add(value, order))
    }

    pub fn fetch_update(
        &self,
        store: Ordering,
        load: Ordering,
        update: impl FnMut(u64) -> Option<u64>,
    ) -> Result<u64, u64> {
        either!(self.fetch_update(store, load, update))
    }

    pub fn compare_exchange(
        &self,
        current: u64,
        new: u64,
        success: Ordering,
        failure: Ordering,
    ) -> Result<u64, u64> {
        either!(self.compare_exchange(current, new, success, failure))
    }
}
