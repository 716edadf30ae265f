//! The one door to atomics.
//!
//! Shared memory is only ever seen as [`AtomicU64`] words; a number in it is the bits of an `f64`.

pub use std::sync::atomic::{AtomicBool, AtomicU64, Ordering, fence};

/// Reads and writes a word of shared memory as a double.
pub trait AtomicF64 {
    /// The double whose bits are in the word.
    fn load_f64(&self, order: Ordering) -> f64;
    /// Puts the bits of `value` into the word.
    fn store_f64(&self, value: f64, order: Ordering);
    /// Adds to a word that several threads or processes add to.
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
        // Relaxed: the sum is all that the word says; nothing else is published by it.
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
