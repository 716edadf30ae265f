//! All things summaries: a count and a sum that always agree, and a sketch of the values, by window.
//!
//! ```text
//! | sequence | intent: count, sum | count | sum | window 0: tag, count, spilled, 32 raw values | window 1 | ... | extensions |
//! ```
//!
//! Count and sum are a redo record, as in a histogram. The windows are read unvalidated, and quantiles use their own total: at worst
//! they miss the value of an update that is under way. A window keeps its first 32 values as they are, so that small
//! samples are exact; the 33rd puts them into bins, of which there are 64 to each octave (all doubles of one sign and exponent), in
//! extensions of the cell, one an octave. A bin is found in the bits of the double, without a logarithm; its middle is
//! within 0.8 % of all its values.
//!
//! Windows are numbered by `floor(monotonic clock / interval)`, so that all writers turn to the next one together
//! without telling each other. Window `n` lies at index `n % windows`, tagged `n + 1`; while its owner clears it, it is tagged 0.

use super::{bits, extension};
use crate::error::{Error, Result};
use crate::heap::Heap;
use crate::layout::Place;
use crate::layout::summary::{
    BIN_SHIFT, COUNT, INTENT_COUNT, INTENT_SUM, OCTAVE_BINS, OCTAVE_SHIFT, RAW, RAW_VALUES,
    SEQUENCE, SPILLED, SUM, TAG, WINDOW_COUNT, WINDOW_TAG, WINDOW_WORDS, WINDOWS,
};
use crate::sync::{AtomicF64, AtomicU64, Ordering, fence};

const SEQUENCE_MASK: u64 = 0xffff_ffff;
const TRIES: u64 = 10_000_000;

/// Words of a cell with that many windows, with at least one.
pub(crate) fn words(windows: u32) -> u32 {
    WINDOWS + windows.max(1) * WINDOW_WORDS + 1
}

fn octave_of(value: f64) -> u32 {
    (value.to_bits() >> 32) as u32 >> OCTAVE_SHIFT
}

fn bin_of(value: f64) -> u32 {
    ((value.to_bits() >> 32) as u32 >> BIN_SHIFT) % OCTAVE_BINS
}

/// The value that stands for a bin: its middle. All that is too small for a normal double counts as 0.
fn middle(octave: u32, bin: u32) -> f64 {
    if octave.is_multiple_of(1 << 11) {
        return 0.0;
    }
    let lower = u64::from(octave) << (OCTAVE_SHIFT + 32) | u64::from(bin) << (BIN_SHIFT + 32);
    f64::from_bits(lower | 1 << (BIN_SHIFT + 31))
}

/// The tag of window `number`.
fn tag(number: u64) -> f64 {
    (number + 1) as f64
}

/// Which of the cell's windows has that number.
fn index(number: u64, cell: &[AtomicU64]) -> u32 {
    let windows = (cell.len() as u64).saturating_sub(u64::from(WINDOWS)) / u64::from(WINDOW_WORDS);
    (number % windows.max(1)) as u32
}

fn window(cell: &[AtomicU64], index: u32) -> &[AtomicU64] {
    let start = (WINDOWS + index * WINDOW_WORDS) as usize;
    &cell[start..start + WINDOW_WORDS as usize]
}

/// Observes a value in the owner's cell, in window `number`. `bins` makes the bins of an octave, and gives their place.
pub(crate) fn observe(
    heap: &Heap,
    cell: &[AtomicU64],
    number: u64,
    value: f64,
    bins: &mut dyn FnMut(u32) -> Result<Place>,
) -> Result<()> {
    let index = index(number, cell);
    if window(cell, index)[TAG as usize].load_f64(Ordering::Relaxed) != tag(number) {
        turn(heap, cell, number)?;
    }
    let words = window(cell, index);
    let count = words[WINDOW_COUNT as usize].load_f64(Ordering::Relaxed);
    if count < f64::from(RAW_VALUES) {
        words[RAW as usize + count as usize].store_f64(value, Ordering::Relaxed);
    } else {
        spill_window(heap, words, index, bins)?;
        add_to_bin(heap, index, value, bins)?;
    }
    // Release: the value is there before it counts.
    words[WINDOW_COUNT as usize].store_f64(count + 1.0, Ordering::Release);
    add(cell, 1.0, value);
    Ok(())
}

/// Adds to count and sum in the owner's cell, and leaves the quantiles alone.
pub(crate) fn add(cell: &[AtomicU64], number: f64, total: f64) {
    repair(cell);
    let count = cell[COUNT as usize].load_f64(Ordering::Relaxed) + number;
    let sum = cell[SUM as usize].load_f64(Ordering::Relaxed) + total;
    cell[INTENT_COUNT as usize].store_f64(count, Ordering::Relaxed);
    cell[INTENT_SUM as usize].store_f64(sum, Ordering::Relaxed);
    let sequence = cell[SEQUENCE as usize].load(Ordering::Relaxed);
    // The orderings are those of a histogram's update.
    cell[SEQUENCE as usize].store(sequence.wrapping_add(1) & SEQUENCE_MASK, Ordering::Release);
    fence(Ordering::Release);
    cell[COUNT as usize].store_f64(count, Ordering::Relaxed);
    cell[SUM as usize].store_f64(sum, Ordering::Relaxed);
    cell[SEQUENCE as usize].store(sequence.wrapping_add(2) & SEQUENCE_MASK, Ordering::Release);
}

fn add_to_bin(
    heap: &Heap,
    index: u32,
    value: f64,
    bins: &mut dyn FnMut(u32) -> Result<Place>,
) -> Result<()> {
    let place = bins(octave_of(value) + index * WINDOW_TAG)?;
    let word = heap.word(place + bin_of(value))?;
    word.store_f64(word.load_f64(Ordering::Relaxed) + 1.0, Ordering::Relaxed);
    Ok(())
}

/// Puts the raw values of window `number` into bins, unless the cell has another window in its place.
pub(crate) fn spill(
    heap: &Heap,
    cell: &[AtomicU64],
    number: u64,
    bins: &mut dyn FnMut(u32) -> Result<Place>,
) -> Result<()> {
    let index = index(number, cell);
    let words = window(cell, index);
    if words[TAG as usize].load_f64(Ordering::Relaxed) != tag(number) {
        return Ok(());
    }
    spill_window(heap, words, index, bins)
}

/// Puts the raw values into bins, if they are not there yet. Each step is counted, so that a death in the middle loses at most one step.
fn spill_window(
    heap: &Heap,
    window: &[AtomicU64],
    index: u32,
    bins: &mut dyn FnMut(u32) -> Result<Place>,
) -> Result<()> {
    let done = window[SPILLED as usize].load_f64(Ordering::Relaxed) as u32;
    for number in done..RAW_VALUES {
        let value = window[(RAW + number) as usize].load_f64(Ordering::Relaxed);
        add_to_bin(heap, index, value, bins)?;
        // Release: a reader that finds all values spilled finds them in the bins.
        window[SPILLED as usize].store_f64(f64::from(number + 1), Ordering::Release);
    }
    Ok(())
}

/// Clears the window in which `number` falls, and gives it that number.
pub(crate) fn turn(heap: &Heap, cell: &[AtomicU64], number: u64) -> Result<()> {
    let index = index(number, cell);
    let words = window(cell, index);
    words[TAG as usize].store_f64(0.0, Ordering::Relaxed);
    // Release: a reader that finds anything cleared finds the tag gone when it looks again.
    fence(Ordering::Release);
    words[WINDOW_COUNT as usize].store_f64(0.0, Ordering::Relaxed);
    words[SPILLED as usize].store_f64(0.0, Ordering::Relaxed);
    extension::for_each(heap, cell, |place, tag, length| {
        if tag / WINDOW_TAG == index {
            // Relaxed: the new tag publishes them.
            heap.words(place, length)?
                .iter()
                .for_each(|word| word.store(0, Ordering::Relaxed));
        }
        Ok(())
    })?;
    // Release: the window is empty before it counts.
    words[TAG as usize].store_f64(tag(number), Ordering::Release);
    Ok(())
}

/// Finishes an update that its writer began. Only the owner of the cell may.
pub(crate) fn repair(cell: &[AtomicU64]) {
    let sequence = cell[SEQUENCE as usize].load(Ordering::Acquire);
    if sequence & 1 != 0 {
        cell[COUNT as usize].store(bits(&cell[INTENT_COUNT as usize]), Ordering::Relaxed);
        cell[SUM as usize].store(bits(&cell[INTENT_SUM as usize]), Ordering::Relaxed);
        cell[SEQUENCE as usize].store(sequence.wrapping_add(1) & SEQUENCE_MASK, Ordering::Release);
    }
}

/// A consistent count and sum of the cell. `retries` counts copies that the writer has changed underneath.
pub(crate) fn read(cell: &[AtomicU64], retries: &mut u64) -> Result<(f64, f64)> {
    for _ in 0..TRIES {
        // The orderings are those of a histogram's read.
        let before = cell[SEQUENCE as usize].load(Ordering::Acquire);
        let words = if before & 1 == 0 {
            [COUNT, SUM]
        } else {
            [INTENT_COUNT, INTENT_SUM]
        };
        let [count, sum] = words.map(|word| f64::from_bits(bits(&cell[word as usize])));
        fence(Ordering::Acquire);
        if cell[SEQUENCE as usize].load(Ordering::Relaxed) == before {
            return Ok((count, sum));
        }
        *retries += 1;
        std::hint::spin_loop();
    }
    Err(Error::Contended { tries: TRIES })
}

/// Values and how often each was observed: what quantiles are made of.
#[derive(Default)]
pub(crate) struct Points(Vec<(f64, f64)>);

impl Points {
    pub fn clear(&mut self) {
        self.0.clear();
    }

    /// Adds the values of one writer's cell that are in the windows from `first` to `last`; without windows, all values.
    pub fn add(
        &mut self,
        heap: &Heap,
        cell: &[AtomicU64],
        windows: u32,
        first: u64,
        last: u64,
    ) -> Result<()> {
        for at in 0..windows.max(1) {
            let words = window(cell, at);
            // Acquire: what is copied below is at least as new as the tag.
            let before = words[TAG as usize].load(Ordering::Acquire);
            let tagged = f64::from_bits(before);
            if tagged == 0.0 || windows > 0 && !(tag(first) <= tagged && tagged <= tag(last)) {
                continue;
            }
            let start = self.0.len();
            self.add_window(heap, cell, words, at)?;
            fence(Ordering::Acquire);
            if words[TAG as usize].load(Ordering::Relaxed) != before {
                // It was turned meanwhile: what it held is too old to count.
                self.0.truncate(start);
            }
        }
        Ok(())
    }

    fn add_window(
        &mut self,
        heap: &Heap,
        cell: &[AtomicU64],
        words: &[AtomicU64],
        at: u32,
    ) -> Result<()> {
        // Acquire: pairs with the Release stores of the writer.
        let count = words[WINDOW_COUNT as usize].load(Ordering::Acquire);
        if words[SPILLED as usize].load(Ordering::Acquire) != f64::from(RAW_VALUES).to_bits() {
            let raw = (f64::from_bits(count) as usize).min(RAW_VALUES as usize);
            let values = words[RAW as usize..].iter().take(raw);
            self.0
                .extend(values.map(|word| (f64::from_bits(bits(word)), 1.0)));
            return Ok(());
        }
        extension::for_each(heap, cell, |place, tag, length| {
            if tag / WINDOW_TAG == at {
                for (bin, word) in heap.words(place, length)?.iter().enumerate() {
                    let weight = f64::from_bits(bits(word));
                    if weight > 0.0 {
                        self.0.push((middle(tag % WINDOW_TAG, bin as u32), weight));
                    }
                }
            }
            Ok(())
        })
    }

    /// The quantiles of the values so far; 0 where there are none, as in prom-client.
    ///
    /// Up to 32 values are interpolated as t-digest does (Dunning and Ertl, "Computing extremely accurate quantiles using
    /// t-digests"), so that small samples give what prom-client gives; of more, it is the nearest rank.
    pub fn quantiles(&mut self, quantiles: &[f64], into: &mut Vec<f64>) {
        self.0.sort_by(|one, other| one.0.total_cmp(&other.0));
        self.0.dedup_by(|next, kept| {
            // Both zeroes are one value.
            let same = next.0 == kept.0;
            kept.1 += if same { next.1 } else { 0.0 };
            same
        });
        let total: f64 = self.0.iter().map(|(_, weight)| weight).sum();
        let quantile = |quantile: f64| {
            if self.0.is_empty() {
                0.0
            } else if total <= f64::from(RAW_VALUES) {
                self.interpolated(quantile * total)
            } else {
                self.nearest((quantile * total).ceil().max(1.0))
            }
        };
        into.extend(quantiles.iter().map(|q| quantile(*q)));
    }

    fn nearest(&self, rank: f64) -> f64 {
        let mut seen = 0.0;
        let reached = self.0.iter().find(|(_, weight)| {
            seen += weight;
            seen >= rank
        });
        reached.or(self.0.last()).map_or(0.0, |(value, _)| *value)
    }

    /// Between the middles of the two neighbours of a rank.
    fn interpolated(&self, rank: f64) -> f64 {
        let (mut seen, mut below) = (0.0, None);
        for (value, weight) in &self.0 {
            let middle = seen + weight / 2.0;
            if middle >= rank {
                return match below {
                    Some((low, low_middle)) if middle > rank => {
                        low + (rank - low_middle) * (value - low) / (middle - low_middle)
                    }
                    _ => *value,
                };
            }
            below = Some((*value, middle));
            seen += weight;
        }
        below.map_or(0.0, |(value, _)| value)
    }
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
        let cell: Vec<_> = (0..words(0)).map(|_| AtomicU64::new(0)).collect();
        cell[INTENT_COUNT as usize].store_f64(1.0, Ordering::Relaxed);
        cell[INTENT_SUM as usize].store_f64(0.5, Ordering::Relaxed);
        assert_eq!(read(&cell, &mut 0).unwrap(), (0.0, 0.0));
        cell[SEQUENCE as usize].store(1, Ordering::Relaxed);
        assert_eq!(read(&cell, &mut 0).unwrap(), (1.0, 0.5));
        repair(&cell);
        assert_eq!(read(&cell, &mut 0).unwrap(), (1.0, 0.5));
        assert_eq!(cell[SEQUENCE as usize].load(Ordering::Relaxed), 2);
    }

    #[test]
    fn small_samples_are_interpolated() {
        let mut points = Points(vec![(3.0, 1.0), (1.0, 1.0), (2.0, 1.0), (2.0, 1.0)]);
        let mut quantiles = Vec::new();
        points.quantiles(&[0.0, 0.25, 0.5, 1.0], &mut quantiles);
        assert_eq!(quantiles, [1.0, 1.0 + 0.5 / 1.5, 2.0, 3.0]);
    }
}
