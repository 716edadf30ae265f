//! A word of shared memory that counts the stores to it: in place of the standard one where writers are to die.
//!
//! The stores of a thread that [`failpoint`] has silenced have no effect. Loads are as ever.

use super::failpoint;
use std::sync::atomic::Ordering;

#[cfg(loom)]
pub use super::modelled::{Word, fence, spin_loop, yield_now};
#[cfg(not(loom))]
pub use std::{
    hint::spin_loop,
    sync::atomic::{AtomicU64 as Word, fence},
    thread::yield_now,
};

/// As [`std::sync::atomic::AtomicU64`], with a failpoint behind each store.
#[repr(transparent)]
pub struct AtomicU64(Word);

type Exchanged = Result<u64, u64>;

impl AtomicU64 {
    /// See [`std::sync::atomic::AtomicU64::new`].
    #[cfg(test)]
    pub fn new(value: u64) -> AtomicU64 {
        AtomicU64(Word::new(value))
    }

    /// From here on the word is loom's.
    #[cfg(loom)]
    pub fn model(&self) {
        self.0.model();
    }

    /// See [`std::sync::atomic::AtomicU64::load`].
    pub fn load(&self, order: Ordering) -> u64 {
        self.0.load(order)
    }

    /// See [`std::sync::atomic::AtomicU64::store`].
    #[track_caller]
    pub fn store(&self, value: u64, order: Ordering) {
        failpoint::pass((), || self.0.store(value, order));
    }

    /// See [`std::sync::atomic::AtomicU64::swap`].
    #[track_caller]
    pub fn swap(&self, value: u64, order: Ordering) -> u64 {
        failpoint::pass(value, || self.0.swap(value, order))
    }

    /// See [`std::sync::atomic::AtomicU64::fetch_add`].
    #[track_caller]
    pub fn fetch_add(&self, value: u64, order: Ordering) -> u64 {
        failpoint::pass(0, || self.0.fetch_add(value, order))
    }

    /// See [`std::sync::atomic::AtomicU64::fetch_update`].
    #[track_caller]
    pub fn fetch_update(
        &self,
        store: Ordering,
        load: Ordering,
        update: impl FnMut(u64) -> Option<u64>,
    ) -> Exchanged {
        failpoint::pass(Ok(0), || self.0.fetch_update(store, load, update))
    }

    /// See [`std::sync::atomic::AtomicU64::compare_exchange`].
    #[track_caller]
    pub fn compare_exchange(
        &self,
        current: u64,
        new: u64,
        success: Ordering,
        failure: Ordering,
    ) -> Exchanged {
        failpoint::pass(Ok(current), || {
            self.0.compare_exchange(current, new, success, failure)
        })
    }

    /// See [`std::sync::atomic::AtomicU64::compare_exchange_weak`].
    #[track_caller]
    pub fn compare_exchange_weak(
        &self,
        current: u64,
        new: u64,
        success: Ordering,
        failure: Ordering,
    ) -> Exchanged {
        // The strong one, so that the number of tries is the same each time.
        self.compare_exchange(current, new, success, failure)
    }
}
