//! Updates of native histograms, and the reduction of buckets when there are too many.

use crate::catalog::families;
use crate::catalog::series::{self, Record, SeriesEntry};
use crate::cell::native::{NativeCell, greatest_capacity, table_tags};
use crate::clock::now;
use crate::error::{Error, Result};
use crate::layout::native::table_words;
use crate::layout::{Place, Shape};
use crate::membership::writer::Writer;
use crate::model::bucket_bounds::COARSEST;
use crate::model::declaration::FamilySpec;
use crate::model::labels::Labels;
use crate::model::native_spec::NativeSpec;
use crate::model::sparse::Sparse;
use crate::storage::directory;
use crate::write::binding::Binding;
use std::sync::Arc;

/// The series of a binding.
struct Bound {
    number: u32,
    entry: SeriesEntry,
    spec: Arc<FamilySpec>,
}

impl Writer {
    /// Counts an observation of a native histogram, in its classic bucket of that number and in its sparse buckets. `false`
    /// as in [`Writer::counter_add`].
    ///
    /// Any number can be observed: NaN counts in the count and the sum only, and infinities have the last buckets.
    ///
    /// # Errors
    /// [`Error::Full`] and [`Error::Busy`]: the value has no bucket yet, and there is no memory for one. Nothing was counted.
    pub fn native_observe(&self, binding: Binding, bucket: u32, value: f64) -> Result<bool> {
        self.native_add(binding, bucket, 1.0, value, value)
    }

    /// Counts several observations of a native histogram with that sum. `value` is in the sparse bucket of all of them. The
    /// result is as in [`Writer::native_observe`].
    pub fn native_add(
        &self,
        binding: Binding,
        bucket: u32,
        count: f64,
        sum: f64,
        value: f64,
    ) -> Result<bool> {
        let Some((place, shape)) = self.bound_cell(binding)? else {
            return Ok(false);
        };
        let cell = NativeCell::new(self.words(), self.words().slice(place, shape.words)?)?;
        if cell.add(bucket, count, sum, value)? {
            return Ok(true);
        }
        if !self.provide(binding, cell, place, shape, value)? {
            return Ok(false);
        }
        match cell.add(bucket, count, sum, value)? {
            true => Ok(true),
            false => Err(Error::Corrupt {
                what: "a sparse bucket was made and is missing",
            }),
        }
    }

    /// Makes the sparse buckets at least as coarse as another native histogram of that family, so that its buckets can be
    /// added. The result is as in [`Writer::native_observe`].
    pub fn native_coarsen(&self, binding: Binding, schema: i8, threshold: f64) -> Result<bool> {
        let Some((place, shape)) = self.bound_cell(binding)? else {
            return Ok(false);
        };
        let cell = NativeCell::new(self.words(), self.words().slice(place, shape.words)?)?;
        let Some((_, native)) = self.series_of(binding)? else {
            return Ok(false);
        };
        let before = cell.sparse(&native)?;
        let mut sparse = before.clone();
        if threshold > sparse.zero_threshold {
            sparse.absorb(sparse.edge(threshold));
        }
        sparse.coarsen(schema.max(COARSEST));
        if sparse != before {
            cell.replace(&sparse, &mut |tag, body| {
                self.extension(place, shape.words, tag, body)
            })?;
        }
        Ok(true)
    }

    /// Finishes an update of a native histogram that was interrupted in this thread. `false` as in [`Writer::counter_add`].
    pub fn native_repair(&self, binding: Binding) -> Result<bool> {
        let Some((place, shape)) = self.bound_cell(binding)? else {
            return Ok(false);
        };
        NativeCell::new(self.words(), self.words().slice(place, shape.words)?)?.repair()?;
        Ok(true)
    }

    /// Makes a sparse bucket for that value. `false`: the binding does not hold any more, because the series has
    /// started from zero or was removed.
    #[cold]
    fn provide(
        &self,
        binding: Binding,
        cell: NativeCell,
        place: Place,
        shape: Shape,
        value: f64,
    ) -> Result<bool> {
        let Some((bound, native)) = self.series_of(binding)? else {
            return Ok(false);
        };
        let sparse = cell.sparse(&native)?;
        if self.restarts(&bound, &native, &sparse, value)? {
            return Ok(false);
        }
        cell.provide(&native, sparse, value, &mut |tag, body| {
            self.extension(place, shape.words, tag, body)
        })?;
        Ok(true)
    }

    /// Reserves memory for all sparse buckets that a series can come to have, if no other series could count in its place:
    /// for an overflow series, and for the series of a family without labels.
    pub(super) fn reserve(&self, spec: &FamilySpec, labels: &Labels, cell: Place) -> Result<()> {
        let Some(native) = &spec.native else {
            return Ok(());
        };
        if spec.label_names.is_empty() || labels.are_overflow() {
            let capacity = greatest_capacity(native);
            for tag in table_tags(capacity) {
                self.extension(cell, spec.shape().words, tag, table_words(capacity))?;
            }
        }
        Ok(())
    }

    /// The series of a binding, with its declaration as a native histogram. `None`: the series has ended.
    fn series_of(&self, binding: Binding) -> Result<Option<(Bound, NativeSpec)>> {
        let words = self.words();
        let Some(number) = directory::number_of(words, self.at(), binding.entry())? else {
            return Ok(None);
        };
        let word = series::series_word(words, number)?;
        let entry = SeriesEntry::look(word);
        if !entry.is_live() || entry.generation != binding.generation {
            return Ok(None);
        }
        let family = Record::at(words, entry.record)?.family();
        let spec = families::declaration(self.heap(), family);
        // If the series has ended meanwhile, its record may belong to another series by now, or to none.
        if !entry.is_still_in(word) {
            return Ok(None);
        }
        let spec = spec?;
        let Some(native) = spec.native.clone() else {
            return Err(Error::Corrupt {
                what: "a series with sparse buckets is no native histogram",
            });
        };
        let bound = Bound {
            number,
            entry,
            spec,
        };
        Ok(Some((bound, native)))
    }

    /// Starts the series from zero in the whole application, if it has too many buckets or has become coarser, and its
    /// last start is old enough. One writer alone must not start again: the sum over all writers would go back, and a
    /// server would take that for a restart of all of them.
    fn restarts(
        &self,
        bound: &Bound,
        native: &NativeSpec,
        sparse: &Sparse,
        value: f64,
    ) -> Result<bool> {
        let mut with_value = sparse.clone();
        with_value.provide(value);
        let has_too_many = with_value.buckets.len() > native.max_buckets as usize;
        let is_old = || -> Result<bool> {
            let record = Record::at(self.words(), bound.entry.record)?;
            let started = record.made().max(record.shared());
            Ok(now() - started >= native.min_reset)
        };
        if native.min_reset == 0.0 || !(has_too_many || sparse.is_degraded(native)) || !is_old()? {
            return Ok(false);
        }
        // There is no need to wait for the lock. Without the lock, the buckets become coarser.
        let Ok(mut exclusive) = self.heap().try_lock() else {
            return Ok(false);
        };
        // Another writer may have started the series from zero meanwhile. Then this binding does not hold any more.
        series::restart_series(&mut exclusive, &bound.spec, bound.number, bound.entry)?;
        Ok(true)
    }
}
