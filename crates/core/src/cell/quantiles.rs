//! Quantiles: from the windows of all writers' summaries to values of the whole application.

use super::extension;
use super::summary::{middle, tag, window};
use crate::error::Result;
use crate::layout::summary::{RAW, RAW_VALUES, SPILLED, TAG, WINDOW_COUNT, WINDOW_TAG};
use crate::storage::words::Words;
use crate::sync::{AtomicF64, AtomicU64, Ordering, fence};

/// Values and their frequencies, from which quantiles are computed.
#[derive(Default)]
pub(crate) struct Points(Vec<(f64, f64)>);

impl Points {
    pub fn clear(&mut self) {
        self.0.clear();
    }

    /// Adds the values of one writer's cell that are in the windows from `first` to `last`; without windows, all values.
    pub fn add(
        &mut self,
        words: &Words,
        cell: &[AtomicU64],
        windows: u32,
        first: u64,
        last: u64,
    ) -> Result<()> {
        for at in 0..windows.max(1) {
            let window = window(cell, at);
            // Acquire: the copy below is at least as new as the tag.
            let before = window[TAG as usize].load(Ordering::Acquire);
            let tagged = f64::from_bits(before);
            if tagged == 0.0 || windows > 0 && !(tag(first) <= tagged && tagged <= tag(last)) {
                continue;
            }
            let start = self.0.len();
            self.add_window(words, cell, window, at)?;
            fence(Ordering::Acquire);
            if window[TAG as usize].load(Ordering::Relaxed) != before {
                // The window was cleared meanwhile: its values are too old to count.
                self.0.truncate(start);
            }
        }
        Ok(())
    }

    fn add_window(
        &mut self,
        words: &Words,
        cell: &[AtomicU64],
        window: &[AtomicU64],
        at: u32,
    ) -> Result<()> {
        // Acquire: pairs with the Release stores of the writer.
        let count = window[WINDOW_COUNT as usize].load(Ordering::Acquire);
        if window[SPILLED as usize].load(Ordering::Acquire) != f64::from(RAW_VALUES).to_bits() {
            let raw = (f64::from_bits(count) as usize).min(RAW_VALUES as usize);
            let values = window[RAW as usize..].iter().take(raw);
            self.0
                .extend(values.map(|word| (word.load_f64(Ordering::Relaxed), 1.0)));
            return Ok(());
        }
        extension::for_each(words, cell, |place, tag, length| {
            if tag / WINDOW_TAG == at {
                for (bin, word) in words.slice(place, length)?.iter().enumerate() {
                    let weight = word.load_f64(Ordering::Relaxed);
                    if weight > 0.0 {
                        self.0.push((middle(tag % WINDOW_TAG, bin as u32), weight));
                    }
                }
            }
            Ok(())
        })
    }

    /// The quantiles of the values so far; 0 without values, as in prom-client.
    ///
    /// Up to 32 values are interpolated as in t-digest (Dunning and Ertl, "Computing extremely accurate quantiles using
    /// t-digests"), so that small samples give prom-client's results. Above that, a quantile is the value of the nearest
    /// rank.
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
    fn small_samples_are_interpolated() {
        let mut points = Points(vec![(3.0, 1.0), (1.0, 1.0), (2.0, 1.0), (2.0, 1.0)]);
        let mut quantiles = Vec::new();
        points.quantiles(&[0.0, 0.25, 0.5, 1.0], &mut quantiles);
        assert_eq!(quantiles, [1.0, 1.0 + 0.5 / 1.5, 2.0, 3.0]);
    }
}
