//! Summaries: a count and a sum that always agree, and a sketch of the values for each window of time.
//!
//! ```text
//! | sequence | intent: count, sum | count | sum | window 0: tag, count, spilled, 32 raw values | window 1 | ... | extensions |
//! ```
//!
//! Count and sum are a redo record, as in a histogram. The windows are read without validation, and quantiles use the total
//! of the window: at worst they miss the value of an update in progress. A window keeps its first 32 values unchanged, so
//! small samples are exact. The 33rd value moves them into bins, 64 for each octave (all doubles of one sign and exponent).
//! The bins of an octave are one extension of the cell. The bits of a double give its bin without a logarithm, and the
//! middle of a bin is within 0.8 % of its values.
//!
//! Windows are numbered by `floor(monotonic clock / interval)`, so all writers begin the next window at the same time
//! without any message. Window `n` lies at index `n % windows` with the tag `n + 1`. While its owner clears a window, the
//! tag is 0.

use super::extension;
use crate::error::{Error, Result};
use crate::layout::summary::{
    BIN_SHIFT, COUNT, INTENT_COUNT, INTENT_SUM, OCTAVE_BINS, OCTAVE_SHIFT, RAW, RAW_VALUES,
    SEQUENCE, SPILLED, SUM, TAG, WINDOW_COUNT, WINDOW_TAG, WINDOW_WORDS, WINDOWS,
};
use crate::layout::{Place, SEQUENCE_MASK};
use crate::storage::words::Words;
use crate::sync::{AtomicF64, AtomicU64, Ordering, fence, spin_loop};

/// As a histogram's.
const TRIES: u64 = 10_000_000;

fn octave_of(value: f64) -> u32 {
    (value.to_bits() >> 32) as u32 >> OCTAVE_SHIFT
}

fn bin_of(value: f64) -> u32 {
    ((value.to_bits() >> 32) as u32 >> BIN_SHIFT) % OCTAVE_BINS
}

/// The middle of a bin, which stands for its values. Numbers that are too small for a normal double count as 0.
pub(super) fn middle(octave: u32, bin: u32) -> f64 {
    if octave.is_multiple_of(1 << 11) {
        return 0.0;
    }
    let lower = u64::from(octave) << (OCTAVE_SHIFT + 32) | u64::from(bin) << (BIN_SHIFT + 32);
    f64::from_bits(lower | 1 << (BIN_SHIFT + 31))
}

/// The tag of window `number`.
pub(super) fn tag(number: u64) -> f64 {
    number as f64 + 1.0
}

/// The index of that window in the cell.
fn index(number: u64, cell: &[AtomicU64]) -> u32 {
    let windows = (cell.len() as u64).saturating_sub(u64::from(WINDOWS)) / u64::from(WINDOW_WORDS);
    (number % windows.max(1)) as u32
}

pub(super) fn window(cell: &[AtomicU64], index: u32) -> &[AtomicU64] {
    let start = (WINDOWS + index * WINDOW_WORDS) as usize;
    &cell[start..start + WINDOW_WORDS as usize]
}

/// Observes a value in the owner's cell, in window `number`. `bins` makes the bins of an octave, and gives their place.
pub(crate) fn observe(
    words: &Words,
    cell: &[AtomicU64],
    number: u64,
    value: f64,
    bins: &mut dyn FnMut(u32) -> Result<Place>,
) -> Result<()> {
    let index = index(number, cell);
    if window(cell, index)[TAG as usize].load_f64(Ordering::Relaxed) != tag(number) {
        rotate(words, cell, number)?;
    }
    let window = window(cell, index);
    let count = window[WINDOW_COUNT as usize].load_f64(Ordering::Relaxed);
    if count < f64::from(RAW_VALUES) {
        window[RAW as usize + count as usize].store_f64(value, Ordering::Relaxed);
    } else {
        spill_window(words, window, index, bins)?;
        add_to_bin(words, index, value, bins)?;
    }
    // Release: a reader that finds the count finds the value.
    window[WINDOW_COUNT as usize].store_f64(count + 1.0, Ordering::Release);
    add(cell, 1.0, value);
    Ok(())
}

/// Adds to count and sum in the owner's cell, and does not change the quantiles.
pub(crate) fn add(cell: &[AtomicU64], number: f64, total: f64) {
    repair(cell);
    let count = cell[COUNT as usize].load_f64(Ordering::Relaxed) + number;
    let sum = cell[SUM as usize].load_f64(Ordering::Relaxed) + total;
    // The orderings are those of an update in `histogram.rs`.
    fence(Ordering::Release);
    cell[INTENT_COUNT as usize].store_f64(count, Ordering::Relaxed);
    cell[INTENT_SUM as usize].store_f64(sum, Ordering::Relaxed);
    let sequence = cell[SEQUENCE as usize].load(Ordering::Relaxed);
    cell[SEQUENCE as usize].store(sequence.wrapping_add(1) & SEQUENCE_MASK, Ordering::Release);
    fence(Ordering::Release);
    cell[COUNT as usize].store_f64(count, Ordering::Relaxed);
    cell[SUM as usize].store_f64(sum, Ordering::Relaxed);
    cell[SEQUENCE as usize].store(sequence.wrapping_add(2) & SEQUENCE_MASK, Ordering::Release);
}

fn add_to_bin(
    words: &Words,
    index: u32,
    value: f64,
    bins: &mut dyn FnMut(u32) -> Result<Place>,
) -> Result<()> {
    let place = bins(octave_of(value) + index * WINDOW_TAG)?;
    let word = words.word(place + bin_of(value))?;
    word.store_f64(word.load_f64(Ordering::Relaxed) + 1.0, Ordering::Relaxed);
    Ok(())
}

/// Puts the raw values of window `number` into bins, unless the cell has another window in its place.
pub(crate) fn spill(
    words: &Words,
    cell: &[AtomicU64],
    number: u64,
    bins: &mut dyn FnMut(u32) -> Result<Place>,
) -> Result<()> {
    let index = index(number, cell);
    let window = window(cell, index);
    if window[TAG as usize].load_f64(Ordering::Relaxed) != tag(number) {
        return Ok(());
    }
    spill_window(words, window, index, bins)
}

/// Moves the raw values into bins, if they are not there yet. Each step is counted: a death in the middle counts at most one
/// value twice, and only in the quantiles.
fn spill_window(
    words: &Words,
    window: &[AtomicU64],
    index: u32,
    bins: &mut dyn FnMut(u32) -> Result<Place>,
) -> Result<()> {
    let done = window[SPILLED as usize].load_f64(Ordering::Relaxed) as u32;
    for number in done..RAW_VALUES {
        let value = window[(RAW + number) as usize].load_f64(Ordering::Relaxed);
        add_to_bin(words, index, value, bins)?;
        // Release: a reader that finds all values spilled finds them in the bins.
        window[SPILLED as usize].store_f64(f64::from(number + 1), Ordering::Release);
    }
    Ok(())
}

/// Clears the window at the index of `number`, and gives it that number.
pub(crate) fn rotate(words: &Words, cell: &[AtomicU64], number: u64) -> Result<()> {
    let index = index(number, cell);
    let window = window(cell, index);
    window[TAG as usize].store_f64(0.0, Ordering::Relaxed);
    // Release: a reader of a cleared word finds the tag changed when it looks again.
    fence(Ordering::Release);
    window[WINDOW_COUNT as usize].store_f64(0.0, Ordering::Relaxed);
    window[SPILLED as usize].store_f64(0.0, Ordering::Relaxed);
    extension::for_each(words, cell, |place, tag, length| {
        if tag / WINDOW_TAG == index {
            // Relaxed: the new tag publishes them.
            words
                .slice(place, length)?
                .iter()
                .for_each(|word| word.store(0, Ordering::Relaxed));
        }
        Ok(())
    })?;
    // Release: the window is empty before it counts.
    window[TAG as usize].store_f64(tag(number), Ordering::Release);
    Ok(())
}

/// Finishes an update that its writer began. Only the owner of the cell may.
pub(crate) fn repair(cell: &[AtomicU64]) {
    let sequence = cell[SEQUENCE as usize].load(Ordering::Acquire);
    if sequence & 1 != 0 {
        let [count, sum] =
            [INTENT_COUNT, INTENT_SUM].map(|word| cell[word as usize].load_f64(Ordering::Relaxed));
        cell[COUNT as usize].store_f64(count, Ordering::Relaxed);
        cell[SUM as usize].store_f64(sum, Ordering::Relaxed);
        cell[SEQUENCE as usize].store(sequence.wrapping_add(1) & SEQUENCE_MASK, Ordering::Release);
    }
}

/// A consistent count and sum of the cell. `retries` counts copies that the writer has changed underneath.
pub(crate) fn read(cell: &[AtomicU64], retries: &mut u64) -> Result<(f64, f64)> {
    for _ in 0..TRIES {
        // The orderings are those of a read in `histogram.rs`.
        let before = cell[SEQUENCE as usize].load(Ordering::Acquire);
        let found = if before & 1 == 0 {
            [COUNT, SUM]
        } else {
            [INTENT_COUNT, INTENT_SUM]
        };
        let [count, sum] = found.map(|word| cell[word as usize].load_f64(Ordering::Relaxed));
        fence(Ordering::Acquire);
        if cell[SEQUENCE as usize].load(Ordering::Relaxed) == before {
            return Ok((count, sum));
        }
        *retries += 1;
        spin_loop();
    }
    Err(Error::Contended { tries: TRIES })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_of_a_bin_is_close_to_all_its_values() {
        for value in [1e-300, 0.001, 0.99, 1.0, 1.5, 2.0, 3.999, 12345.678, 1e300] {
            for value in [value, -value] {
                let middle = middle(octave_of(value), bin_of(value));
                assert!((middle / value - 1.0).abs() < 0.008, "{value}: {middle}");
            }
        }
        assert_eq!(middle(octave_of(0.0), bin_of(0.0)), 0.0);
        assert_eq!(middle(octave_of(-0.0), bin_of(-0.0)), 0.0);
    }

    #[test]
    fn an_interrupted_update_reads_as_done_once_the_sequence_is_odd() {
        let cell: Vec<_> = (0..crate::layout::summary::words(0))
            .map(|_| AtomicU64::new(0))
            .collect();
        cell[INTENT_COUNT as usize].store_f64(1.0, Ordering::Relaxed);
        cell[INTENT_SUM as usize].store_f64(0.5, Ordering::Relaxed);
        assert_eq!(read(&cell, &mut 0).unwrap(), (0.0, 0.0));
        cell[SEQUENCE as usize].store(1, Ordering::Relaxed);
        assert_eq!(read(&cell, &mut 0).unwrap(), (1.0, 0.5));
        repair(&cell);
        assert_eq!(read(&cell, &mut 0).unwrap(), (1.0, 0.5));
        assert_eq!(cell[SEQUENCE as usize].load(Ordering::Relaxed), 2);
    }
}
