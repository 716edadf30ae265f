//! Updates of bound cells.
//!
//! Each function takes a binding, and does nothing if the binding does not hold any more. Then the series must be bound
//! again.

use crate::cell;
use crate::error::{Error, Result};
use crate::layout::{
    Place, Shape, counter, directory as entry, exemplar, extension, gauge, histogram, summary,
};
use crate::membership::writer::Writer;
use crate::model::labels::Labels;
use crate::sync::{AtomicF64, AtomicU64, Ordering};
use crate::write::binding::Binding;

impl Writer {
    /// The body of the extension of a cell with that tag, made of zeroes if it is missing.
    pub(super) fn extension(&self, cell: Place, length: u32, tag: u32, body: u32) -> Result<Place> {
        let words = self.words();
        if let Some(found) = cell::extension::find(words, words.slice(cell, length)?, tag)? {
            return Ok(found);
        }
        let head = cell + length - 1;
        self.change(extension::BODY + body, |transaction, arena| {
            let Some(block) = arena.allocate(transaction, extension::BODY + body)? else {
                return Ok(None);
            };
            words.clear_tail(block, extension::BODY + body)?;
            let word = words.word(block + extension::TAG)?;
            // Relaxed: published by the commit.
            word.store(cell::extension::tag_word(tag, body), Ordering::Relaxed);
            let next = transaction.get(head)?;
            transaction.set(block + extension::NEXT, next)?;
            transaction.set(head, u64::from(block))?;
            Ok(Some(block + extension::BODY))
        })
    }

    /// The cell of a binding, if the binding still holds, and its words.
    #[inline]
    pub(super) fn bound_cell(&self, binding: Binding) -> Result<Option<(Place, Shape)>> {
        let fields: &[_; entry::ENTRY_WORDS as usize] = self.words().block(binding.entry())?;
        // Acquire: a reader that finds the generation also finds the cell.
        let generation = fields[entry::GENERATION as usize].load(Ordering::Acquire);
        if generation != u64::from(binding.generation) {
            return Ok(None);
        }
        // Relaxed: see above.
        let word = fields[entry::CELL as usize].load(Ordering::Relaxed);
        Ok(Some(entry::cell_of(word)).filter(|(cell, _)| *cell == binding.cell))
    }

    /// The place of the bins for an octave of a summary's window: 64 words, which are made if they are missing. The tag is
    /// the octave plus [`summary::WINDOW_TAG`] times the index of the window. `None`: the binding does not hold, or memory
    /// is full.
    pub fn summary_bins(&self, binding: Binding, tag: u32) -> Result<Option<Place>> {
        self.extension_of(binding, tag, summary::OCTAVE_BINS)
    }

    /// The place of the exemplar of a counter (tag 0) or of a histogram's bucket (its number), which is made if it is
    /// missing. `None` as in [`Writer::summary_bins`].
    pub fn exemplar_place(&self, binding: Binding, tag: u32) -> Result<Option<Place>> {
        self.extension_of(binding, tag, exemplar::WORDS)
    }

    fn extension_of(&self, binding: Binding, tag: u32, body: u32) -> Result<Option<Place>> {
        match self.bound_cell(binding)? {
            Some((cell, shape)) if shape.extended => {
                match self.extension(cell, shape.words, tag, body) {
                    Ok(place) => Ok(Some(place)),
                    Err(error) if error.is_shortage() => Ok(None),
                    Err(error) => Err(error),
                }
            }
            _ => Ok(None),
        }
    }

    /// The cell of a summary, if the binding still holds, and its words.
    fn bound_summary(&self, binding: Binding) -> Result<Option<(Place, Shape, &[AtomicU64])>> {
        let Some((cell, shape)) = self.bound_cell(binding)? else {
            return Ok(None);
        };
        let windows = shape.words.saturating_sub(summary::WINDOWS) / summary::WINDOW_WORDS;
        if !shape.extended || shape.words != summary::words(windows) + 1 {
            return Err(Error::Corrupt {
                what: "a summary has a cell of another kind",
            });
        }
        Ok(Some((cell, shape, self.words().slice(cell, shape.words)?)))
    }

    /// Observes a value in a summary, in the window of that number (0 without windows). `false` as in
    /// [`Writer::counter_add`]. If there is no memory for bins, the value is counted, and the quantiles miss it.
    pub fn summary_observe(&self, binding: Binding, window: u64, value: f64) -> Result<bool> {
        let Some((place, shape, cell)) = self.bound_summary(binding)? else {
            return Ok(false);
        };
        let mut bins = |tag| self.extension(place, shape.words, tag, summary::OCTAVE_BINS);
        match cell::summary::observe(self.words(), cell, window, value, &mut bins) {
            Err(error) if error.is_shortage() => cell::summary::add(cell, 1.0, value),
            observed => observed?,
        }
        Ok(true)
    }

    /// Counts several observations of a summary with that sum, and does not change its quantiles. `false` as in
    /// [`Writer::counter_add`].
    pub fn summary_add(&self, binding: Binding, count: f64, sum: f64) -> Result<bool> {
        let Some((_, _, cell)) = self.bound_summary(binding)? else {
            return Ok(false);
        };
        cell::summary::add(cell, count, sum);
        Ok(true)
    }

    /// Clears the window of a summary at the index of that number, and gives it the number.
    pub fn summary_rotate(&self, binding: Binding, window: u64) -> Result<bool> {
        let Some((_, _, cell)) = self.bound_summary(binding)? else {
            return Ok(false);
        };
        cell::summary::rotate(self.words(), cell, window)?;
        Ok(true)
    }

    /// Moves the raw values of a summary's window into bins, if they are not there yet. `false` as in
    /// [`Writer::counter_add`], or when memory is full.
    pub fn summary_spill(&self, binding: Binding, window: u64) -> Result<bool> {
        let Some((place, shape, cell)) = self.bound_summary(binding)? else {
            return Ok(false);
        };
        let mut bins = |tag| self.extension(place, shape.words, tag, summary::OCTAVE_BINS);
        match cell::summary::spill(self.words(), cell, window, &mut bins) {
            Err(error) if error.is_shortage() => Ok(false),
            spilled => spilled.map(|()| true),
        }
    }

    /// Finishes a summary update that was interrupted in this thread.
    pub fn summary_repair(&self, binding: Binding) -> Result<bool> {
        let Some((_, _, cell)) = self.bound_summary(binding)? else {
            return Ok(false);
        };
        cell::summary::repair(cell);
        Ok(true)
    }

    /// Stores an exemplar for a counter (tag 0) or for a histogram's bucket (its number). The last bucket of a native
    /// histogram may have further tags, so that the sparse buckets show more exemplars. `false` as in
    /// [`Writer::counter_add`], or when memory is full.
    pub fn exemplar_store(
        &self,
        binding: Binding,
        tag: u32,
        value: f64,
        timestamp: f64,
        labels: &Labels,
    ) -> Result<bool> {
        let Some(body) = self.exemplar_place(binding, tag)? else {
            return Ok(false);
        };
        cell::exemplar::store(self.words(), body, value, timestamp, labels.text())?;
        Ok(true)
    }

    /// Whether the binding still holds.
    fn holds(&self, binding: Binding) -> Result<bool> {
        Ok(self.words().load(binding.generation_place)? == u64::from(binding.generation))
    }

    /// Adds to a counter. `false`: the binding does not hold any more, and nothing was added.
    pub fn counter_add(&self, binding: Binding, value: f64) -> Result<bool> {
        self.update(binding, counter::WORDS, |words| {
            cell::counter::add(words, value);
            Ok(())
        })
    }

    /// Sets a gauge. `false` as in [`Writer::counter_add`].
    pub fn gauge_set(&self, binding: Binding, value: f64) -> Result<bool> {
        self.update(binding, gauge::WORDS, |words| {
            cell::gauge::set(words, value, self.incarnation());
            Ok(())
        })
    }

    /// Sets a gauge to a time. If the writers' values are added up, the latest time is shown instead. `false` as in
    /// [`Writer::counter_add`].
    pub fn gauge_set_time(&self, binding: Binding, value: f64) -> Result<bool> {
        self.update(binding, gauge::WORDS, |words| {
            cell::gauge::set_time(words, value, self.incarnation());
            Ok(())
        })
    }

    /// Adds to a gauge. `false` as in [`Writer::counter_add`].
    pub fn gauge_add(&self, binding: Binding, value: f64) -> Result<bool> {
        self.update(binding, gauge::WORDS, |words| {
            cell::gauge::add(words, value, self.incarnation());
            Ok(())
        })
    }

    /// Counts an observation in a bucket of a histogram. `false` as in [`Writer::counter_add`].
    pub fn histogram_observe(&self, binding: Binding, bucket: u32, value: f64) -> Result<bool> {
        self.histogram_add(binding, bucket, 1.0, value)
    }

    /// Counts several observations of one bucket of a histogram with that sum. `false` as in [`Writer::counter_add`].
    pub fn histogram_add(
        &self,
        binding: Binding,
        bucket: u32,
        count: f64,
        sum: f64,
    ) -> Result<bool> {
        let Some((cell, shape)) = self.bound_cell(binding)? else {
            return Ok(false);
        };
        // The head of its extensions is no bucket.
        let length = shape.words.saturating_sub(shape.extended.into());
        if length <= histogram::BUCKETS {
            return Err(Error::Corrupt {
                what: "a histogram has a cell of another kind",
            });
        }
        cell::histogram::add(self.words().slice(cell, length)?, None, bucket, count, sum)?;
        Ok(true)
    }

    /// Finishes a histogram update that was interrupted in this thread.
    pub fn histogram_repair(&self, cell: Place) -> Result<()> {
        let bucket = self.words().load_f64(cell + histogram::INTENT_BUCKET)?;
        // A double that is no bucket saturates, and is then refused as reaching beyond its segment.
        let length = histogram::BUCKETS
            .saturating_add(bucket as u32)
            .saturating_add(1);
        cell::histogram::repair(self.words().slice(cell, length)?)
    }

    /// The value that all writers share. `None`: the binding does not hold any more.
    pub fn shared_value(&self, binding: Binding) -> Result<Option<f64>> {
        if !self.holds(binding)? {
            return Ok(None);
        }
        self.words().load_f64(binding.cell).map(Some)
    }

    /// Sets a value that all writers share. `false` as in [`Writer::counter_add`].
    pub fn shared_set(&self, binding: Binding, value: f64) -> Result<bool> {
        self.update(binding, 1, |words| {
            // Relaxed: the value stands for itself.
            words[0].store(value.to_bits(), Ordering::Relaxed);
            Ok(())
        })
    }

    /// Adds to a value that all writers share. `false` as in [`Writer::counter_add`].
    pub fn shared_add(&self, binding: Binding, value: f64) -> Result<bool> {
        self.update(binding, 1, |words| {
            words[0].add_f64(value);
            Ok(())
        })
    }

    fn update(
        &self,
        binding: Binding,
        length: u32,
        update: impl FnOnce(&[AtomicU64]) -> Result<()>,
    ) -> Result<bool> {
        if !self.holds(binding)? {
            return Ok(false);
        }
        update(self.words().slice(binding.cell, length)?)?;
        Ok(true)
    }
}
