//! Gauges: a cell is a double and the incarnation of the writer that has set it.
//!
//! The value is stored first and the incarnation second. So a cell with the incarnation of its slot holds a value of the
//! slot's present holder. The contribution of a dead holder ends with its lease. When the slot is adopted, the incarnation
//! changes, and the old contribution stays gone.

use crate::layout::gauge;
use crate::sync::{AtomicF64, AtomicU64, Ordering};

fn incarnation_of(cell: &[AtomicU64]) -> u32 {
    // Acquire: a reader that finds the incarnation also finds the value.
    cell[gauge::INCARNATION as usize].load(Ordering::Acquire) as u32
}

/// In the word of the incarnation: the value is a time.
const TIME: u64 = 1 << 32;

/// Sets the owner's cell.
pub(crate) fn set(cell: &[AtomicU64], value: f64, incarnation: u32) {
    let mark = if is_time(cell) { TIME } else { 0 };
    set_marked(cell, value, mark | u64::from(incarnation));
}

/// Sets the owner's cell to a time. A sum of times has no meaning, so the latest time is shown in its place.
pub(crate) fn set_time(cell: &[AtomicU64], value: f64, incarnation: u32) {
    set_marked(cell, value, TIME | u64::from(incarnation));
}

fn set_marked(cell: &[AtomicU64], value: f64, mark: u64) {
    // Relaxed: the incarnation publishes it.
    cell[gauge::VALUE as usize].store_f64(value, Ordering::Relaxed);
    // Release: pairs with the Acquire above.
    cell[gauge::INCARNATION as usize].store(mark, Ordering::Release);
}

/// Whether the value was last set to a time since the cell was bound.
pub(crate) fn is_time(cell: &[AtomicU64]) -> bool {
    // Relaxed: read after the incarnation, with the same word, or by the owner.
    cell[gauge::INCARNATION as usize].load(Ordering::Relaxed) & TIME != 0
}

/// Adds to the owner's cell, from zero if the owner has set no value.
pub(crate) fn add(cell: &[AtomicU64], value: f64, incarnation: u32) {
    let before = read(cell, incarnation).unwrap_or(0.0);
    set(cell, before + value, incarnation);
}

/// The value that the holder of that incarnation has set; `None` if there is none.
pub(crate) fn read(cell: &[AtomicU64], incarnation: u32) -> Option<f64> {
    (incarnation_of(cell) == incarnation)
        .then(|| cell[gauge::VALUE as usize].load_f64(Ordering::Relaxed))
}

/// Withdraws the contribution of an earlier holder. The present holder has set no value yet, and adds to zero.
pub(crate) fn adopt(cell: &[AtomicU64], incarnation: u32) {
    if incarnation_of(cell) != incarnation {
        // Relaxed: the store below publishes it.
        cell[gauge::INCARNATION as usize].store(0, Ordering::Relaxed);
        // Release, and second: only a scrape that has the old incarnation, and found the last holder alive, can take it for
        // a value.
        cell[gauge::VALUE as usize].store(0, Ordering::Release);
    }
}
