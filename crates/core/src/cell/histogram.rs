//! Histograms: buckets and a sum that always agree, even if their writer dies between two stores.
//!
//! ```text
//! | sequence | intent: bucket, its new count, the new sum | sum | bucket 0 | ... | +Inf |
//! ```
//!
//! An update writes its intent, makes the sequence odd, stores count and sum, and makes the sequence even. A reader that
//! finds a stable even sequence has a consistent copy. A reader that finds a stable *odd* sequence has the copy of an
//! unfinished update, and overlays the intent. The overlay is idempotent, so the progress of the update does not matter. A
//! writer that is stopped or dead there blocks no reader, and the next owner of the cell repairs it in the same way. The
//! count of observations is the sum of the buckets.
//!
//! JavaScript does the same with plain stores on machines that keep their order (x86-64): see `src/cell/` of the facade.

use crate::error::{Error, Result};
use crate::layout::SEQUENCE_MASK;
use crate::layout::histogram::{BUCKETS, INTENT_BUCKET, INTENT_COUNT, INTENT_SUM, SEQUENCE, SUM};
use crate::sync::{AtomicF64, AtomicU64, Ordering, fence, spin_loop, yield_now};

/// The most attempts of a reader to copy a cell that its writer keeps changing: about a second.
const TRIES: u64 = 10_000_000;

/// One more word that an update adds to, and its intent: the index and the new value of the word.
pub(crate) struct Further<'a> {
    pub intent: [&'a AtomicU64; 2],
    pub index: f64,
    pub word: &'a AtomicU64,
}

/// Counts several observations of one bucket in the owner's cell, and also in the further word. `total` is the sum of their
/// values.
#[inline(always)]
pub(crate) fn add(
    cell: &[AtomicU64],
    further: Option<Further>,
    bucket: u32,
    number: f64,
    total: f64,
) -> Result<()> {
    let sequence = cell[SEQUENCE as usize].load(Ordering::Relaxed);
    if sequence & 1 != 0 {
        repair(cell)?;
    }
    let sequence = cell[SEQUENCE as usize].load(Ordering::Relaxed);
    let Some(word) = cell[BUCKETS as usize..].get(bucket as usize) else {
        return Err(Error::BadArgument {
            what: "there is no bucket of that number",
        });
    };
    let count = word.load_f64(Ordering::Relaxed) + number;
    let sum = cell[SUM as usize].load_f64(Ordering::Relaxed) + total;
    let further = further.map(|further| {
        let value = further.word.load_f64(Ordering::Relaxed) + number;
        (further, value)
    });
    // The fence orders the intent after the end of the last update. A reader that finds any word of it also finds that
    // sequence or a later one, and does not take it for the intent of the last update.
    fence(Ordering::Release);
    cell[INTENT_BUCKET as usize].store_f64(f64::from(bucket), Ordering::Relaxed);
    cell[INTENT_COUNT as usize].store_f64(count, Ordering::Relaxed);
    cell[INTENT_SUM as usize].store_f64(sum, Ordering::Relaxed);
    if let Some((further, value)) = &further {
        further.intent[0].store_f64(further.index, Ordering::Relaxed);
        further.intent[1].store_f64(*value, Ordering::Relaxed);
    }
    // Release: a reader that finds the sequence odd finds the whole intent. The fence orders the next stores after it: a
    // reader that finds the count or the sum of this update also finds this sequence or a later one.
    cell[SEQUENCE as usize].store(sequence.wrapping_add(1) & SEQUENCE_MASK, Ordering::Release);
    fence(Ordering::Release);
    word.store_f64(count, Ordering::Relaxed);
    cell[SUM as usize].store_f64(sum, Ordering::Relaxed);
    if let Some((further, value)) = further {
        further.word.store_f64(value, Ordering::Relaxed);
    }
    // Release: a reader that finds the sequence even again finds count and sum.
    cell[SEQUENCE as usize].store(sequence.wrapping_add(2) & SEQUENCE_MASK, Ordering::Release);
    Ok(())
}

/// Finishes an update that its writer began. Only the owner of the cell may.
pub(crate) fn repair(cell: &[AtomicU64]) -> Result<()> {
    let sequence = cell[SEQUENCE as usize].load(Ordering::Acquire);
    if sequence & 1 == 0 {
        return Ok(());
    }
    let bucket = cell[INTENT_BUCKET as usize].load_f64(Ordering::Relaxed);
    let Some(word) = cell[BUCKETS as usize..].get(bucket as usize) else {
        return Err(Error::Corrupt {
            what: "an intent is about no bucket",
        });
    };
    let [count, sum] =
        [INTENT_COUNT, INTENT_SUM].map(|word| cell[word as usize].load_f64(Ordering::Relaxed));
    word.store_f64(count, Ordering::Relaxed);
    cell[SUM as usize].store_f64(sum, Ordering::Relaxed);
    // Release: as at the end of an update.
    cell[SEQUENCE as usize].store(sequence.wrapping_add(1) & SEQUENCE_MASK, Ordering::Release);
    Ok(())
}

/// A consistent copy of a cell.
pub(crate) struct Copied {
    /// The sum of all observed values.
    pub sum: f64,
    /// Whether an update was under way. The sum and the counts have its intent already.
    pub is_under_way: bool,
}

/// Adds a consistent copy of the cell to `counts`. `further` copies further words of the same moment; an error of it counts
/// only if the cell has not changed meanwhile. `copy` is scratch space; `retries` counts copies that the writer has changed
/// underneath.
#[inline]
pub(crate) fn read(
    cell: &[AtomicU64],
    counts: &mut [f64],
    copy: &mut Vec<f64>,
    retries: &mut u64,
    mut further: impl FnMut() -> Result<()>,
) -> Result<Copied> {
    for tries in 0..TRIES {
        // Acquire: the copy below is at least as new as this sequence.
        let before = cell[SEQUENCE as usize].load(Ordering::Acquire);
        // Relaxed, then an Acquire fence: if any of these words is newer than `before`, the second look at the sequence
        // finds it changed.
        let [bucket, count, intent_sum] = [INTENT_BUCKET, INTENT_COUNT, INTENT_SUM]
            .map(|word| cell[word as usize].load_f64(Ordering::Relaxed));
        let mut sum = cell[SUM as usize].load_f64(Ordering::Relaxed);
        copy.clear();
        copy.extend(
            cell[BUCKETS as usize..]
                .iter()
                .map(|word| word.load_f64(Ordering::Relaxed)),
        );
        let copied = further();
        fence(Ordering::Acquire);
        if cell[SEQUENCE as usize].load(Ordering::Relaxed) != before {
            *retries += 1;
            if tries % 64 == 63 {
                yield_now();
            } else {
                spin_loop();
            }
            continue;
        }
        copied?;
        let is_under_way = before & 1 != 0;
        if is_under_way {
            let Some(slot) = copy.get_mut(bucket as usize) else {
                return Err(Error::Corrupt {
                    what: "an intent is about no bucket",
                });
            };
            *slot = count;
            sum = intent_sum;
        }
        counts
            .iter_mut()
            .zip(copy.iter())
            .for_each(|(total, count)| *total += count);
        return Ok(Copied { sum, is_under_way });
    }
    Err(Error::Contended { tries: TRIES })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::AtomicBool;

    fn cell(buckets: usize) -> Vec<AtomicU64> {
        (0..BUCKETS as usize + buckets)
            .map(|_| AtomicU64::new(0))
            .collect()
    }

    fn read_all(cell: &[AtomicU64]) -> (Vec<f64>, f64) {
        let mut counts = vec![0.0; cell.len() - BUCKETS as usize];
        let sum = read(cell, &mut counts, &mut Vec::new(), &mut 0, || Ok(()))
            .unwrap()
            .sum;
        (counts, sum)
    }

    /// Each state after a death between two stores reads as one of the two consistent states, before and after the repair.
    #[test]
    fn a_writer_that_dies_between_any_two_stores_leaves_a_consistent_cell() {
        for stores in 0..=7 {
            let cell = cell(3);
            add(&cell, None, 1, 1.0, 0.25).unwrap();
            let set =
                |word: u32, value: f64| cell[word as usize].store_f64(value, Ordering::Relaxed);
            let steps: [&dyn Fn(); 7] = [
                &|| set(INTENT_BUCKET, 2.0),
                &|| set(INTENT_COUNT, 1.0),
                &|| set(INTENT_SUM, 0.5),
                &|| cell[SEQUENCE as usize].store(3, Ordering::Relaxed),
                &|| set(BUCKETS + 2, 1.0),
                &|| set(SUM, 0.5),
                &|| cell[SEQUENCE as usize].store(4, Ordering::Relaxed),
            ];
            steps.iter().take(stores).for_each(|step| step());
            let expected = if stores < 4 {
                (vec![0.0, 1.0, 0.0], 0.25)
            } else {
                (vec![0.0, 1.0, 1.0], 0.5)
            };
            assert_eq!(read_all(&cell), expected, "after {stores} stores");
            repair(&cell).unwrap();
            assert_eq!(
                read_all(&cell),
                expected,
                "after {stores} stores and repair"
            );
        }
    }

    /// Miri takes a thousand times as long.
    const TURNS: u32 = if cfg!(miri) { 300 } else { 300_000 };

    #[test]
    fn a_reader_never_sees_buckets_and_sum_disagree() {
        let cell = cell(12);
        let done = AtomicBool::new(false);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                (0..TURNS).for_each(|turn| add(&cell, None, turn % 12, 1.0, 0.25).unwrap());
                done.store(true, Ordering::Release);
            });
            while !done.load(Ordering::Acquire) {
                let (counts, sum) = read_all(&cell);
                assert_eq!(counts.iter().sum::<f64>() * 0.25, sum);
            }
        });
        assert_eq!(read_all(&cell).1, 0.25 * f64::from(TURNS));
    }

    #[test]
    fn an_intent_about_no_bucket_is_corruption() {
        let cell = cell(2);
        cell[SEQUENCE as usize].store(1, Ordering::Relaxed);
        cell[INTENT_BUCKET as usize].store_f64(1e300, Ordering::Relaxed);
        assert!(matches!(repair(&cell), Err(Error::Corrupt { .. })));
        assert!(matches!(
            read(&cell, &mut [0.0; 2], &mut Vec::new(), &mut 0, || Ok(())),
            Err(Error::Corrupt { .. })
        ));
    }
}
