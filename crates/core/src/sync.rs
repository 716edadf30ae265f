//! The one door to atomics.
//!
//! Shared memory consists of [`AtomicU64`] words; a number in a word is the bits of an `f64`. Every store goes through this
//! module. So tests can end a writer after any store (the feature `failpoints`), and run the steps of two writers in every
//! order (`--cfg loom`).

#[cfg(not(loom))]
mod backoff;

#[cfg(any(test, feature = "failpoints"))]
pub use crate::verification::word::{AtomicU64, fence, spin_loop, yield_now};
#[cfg(not(any(test, feature = "failpoints")))]
pub use std::{
    hint::spin_loop,
    sync::atomic::{AtomicU64, fence},
    thread::yield_now,
};

#[cfg(not(loom))]
use std::{
    alloc::{Layout, alloc_zeroed},
    ptr::NonNull,
};

#[cfg(not(loom))]
pub use self::backoff::Backoff;
#[cfg(loom)]
pub use crate::verification::kernel::{Backoff, call as kernel_call, is_dead};

/// Marks a call to the kernel with an effect that others can see. The effect falls before or after the call of another
/// process. The release of a lock needs no mark: it could as well happen with the call before, and a destructor must not
/// die.
#[cfg(not(loom))]
pub fn kernel_call() {}

/// Whether this process was killed. In a model, its stack is unwound then.
#[cfg(not(loom))]
pub fn is_dead() -> bool {
    false
}

#[cfg(loom)]
pub use loom::sync::{Mutex, MutexGuard};
#[cfg(not(loom))]
pub use std::sync::{Mutex, MutexGuard};

pub use std::sync::atomic::Ordering;

/// A flag and a number that only the threads of this process share. A store to them is no store to shared memory.
pub use std::sync::atomic::{AtomicBool as LocalBool, AtomicU64 as LocalU64};

/// A value that the threads of one process share. In a model, each thread is a process.
#[cfg(not(loom))]
pub struct PerProcess<T>(pub T);

#[cfg(not(loom))]
impl<T> PerProcess<T> {
    pub fn with<R>(&'static self, with: impl FnOnce(&'static T) -> R) -> R {
        with(&self.0)
    }
}

/// Declares a static that each process has once.
#[cfg(not(loom))]
macro_rules! per_process {
    ($(#[$about:meta])* static $name:ident: $type:ty = $value:expr;) => {
        $(#[$about])*
        static $name: crate::sync::PerProcess<$type> = crate::sync::PerProcess($value);
    };
}
#[cfg(loom)]
pub(crate) use loom::thread_local as per_process;
#[cfg(not(loom))]
pub(crate) use per_process;

/// Reads and writes a word of shared memory as a double.
pub trait AtomicF64 {
    /// The double whose bits are in the word.
    fn load_f64(&self, order: Ordering) -> f64;
    /// Puts the bits of `value` into the word.
    #[cfg_attr(any(test, feature = "failpoints"), track_caller)]
    fn store_f64(&self, value: f64, order: Ordering);
    /// Adds to a word that several threads or processes add to.
    #[cfg_attr(any(test, feature = "failpoints"), track_caller)]
    fn add_f64(&self, value: f64);
}

impl AtomicF64 for AtomicU64 {
    fn load_f64(&self, order: Ordering) -> f64 {
        f64::from_bits(self.load(order))
    }

    fn store_f64(&self, value: f64, order: Ordering) {
        self.store(value.to_bits(), order);
    }

    fn add_f64(&self, value: f64) {
        // Relaxed: the word holds only the sum, and publishes nothing else.
        let mut seen = self.load(Ordering::Relaxed);
        loop {
            let sum = (f64::from_bits(seen) + value).to_bits();
            match self.compare_exchange_weak(seen, sum, Ordering::Relaxed, Ordering::Relaxed) {
                Ok(_) => return,
                Err(now) => seen = now,
            }
        }
    }
}

/// The given number of words, all zero; `None` when memory is short. The allocator zeroes them, so untouched pages cost
/// nothing.
#[cfg(not(loom))]
pub fn zeroes(length: usize) -> Option<Box<[AtomicU64]>> {
    let layout = Layout::array::<AtomicU64>(length).ok()?;
    if layout.size() == 0 {
        return Some(Box::default());
    }
    // SAFETY: the layout has a size.
    let words = NonNull::new(unsafe { alloc_zeroed(layout) })?;
    let words = NonNull::slice_from_raw_parts(words.cast(), length);
    // SAFETY: the allocator returned memory of this layout, a zero is a valid word, and the memory has no other owner.
    Some(unsafe { Box::from_raw(words.as_ptr()) })
}

/// The given number of words, all zero.
#[cfg(loom)]
pub fn zeroes(length: usize) -> Option<Box<[AtomicU64]>> {
    Some((0..length).map(|_| AtomicU64::new(0)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn concurrent_additions_are_all_counted() {
        let word = AtomicU64::new(0);
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| (0..10_000).for_each(|_| word.add_f64(0.5)));
            }
        });
        assert_eq!(word.load_f64(Ordering::Relaxed), 20_000.0);
    }
}
