//! Counters: a cell is one double, to which its owner adds.

use crate::layout::counter;
use crate::sync::{AtomicF64, AtomicU64, Ordering};

/// Adds to the owner's cell.
pub(crate) fn add(cell: &[AtomicU64], value: f64) {
    // Relaxed: the word has one writer, and a reader may take any value of it.
    let word = &cell[counter::VALUE as usize];
    word.store_f64(word.load_f64(Ordering::Relaxed) + value, Ordering::Relaxed);
}

/// The value of the cell.
pub(crate) fn read(cell: &[AtomicU64]) -> f64 {
    cell[counter::VALUE as usize].load_f64(Ordering::Relaxed)
}
