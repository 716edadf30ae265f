//! Setting an info: what it says are labels, so to say something else is to have other labels in the same place.

use crate::catalog::families;
use crate::catalog::series::{self, SeriesEntry};
use crate::error::Result;
use crate::layout::series as record;
use crate::membership::writer::Writer;
use crate::model::labels::Labels;
use crate::sync::{AtomicF64, Ordering};

impl Writer {
    /// Sets an info: the series with these labels takes the place of the one of the family whose base labels (the declared
    /// ones) have these values, unless that one is newer. `stamp` orders the settings: seconds since the epoch. A reader
    /// finds the one or the other. `false`: there was no room, and the series was counted as dropped.
    pub fn info_set(&self, family: u32, labels: &Labels, stamp: f64) -> Result<bool> {
        let told = match self.tell(family, labels, stamp) {
            Err(error) => return self.note_shortage(error, false).map(|()| false),
            Ok(told) => told,
        };
        let Some((number, series)) = told else {
            return Ok(true);
        };
        let spec = families::declaration(self.heap(), family)?;
        match self.bind_to(&spec, number, series) {
            // What was told is shown all the same; this writer just can't withdraw it.
            Err(error) if !error.is_shortage() => Err(error),
            _ => Ok(true),
        }
    }

    /// The series that says it now; `None`: something newer was told.
    fn tell(&self, family: u32, labels: &Labels, stamp: f64) -> Result<Option<(u32, SeriesEntry)>> {
        let (heap, words) = (self.heap(), self.words());
        let spec = families::declaration(heap, family)?;
        let base = labels.among(&spec.label_names);
        let mut exclusive = heap.lock()?;
        for (number, old) in series::series_of(words, family)? {
            let told = series::labels_of(words, old)?;
            if told.among(&spec.label_names) != base {
                continue;
            }
            let shared = words.word(old.record + record::SHARED)?;
            // Relaxed: both are done by holders of the lock alone.
            if shared.load_f64(Ordering::Relaxed) > stamp {
                return Ok(None);
            }
            if told.is_written_as(labels.text().as_bytes()) {
                shared.store_f64(stamp, Ordering::Relaxed);
                return Ok(Some((number, old)));
            }
            let new = series::replace_series(&mut exclusive, number, old, labels, stamp.to_bits())?;
            return Ok(new.map(|new| (number, new)));
        }
        let limit = self.series_limit;
        series::create_series(&mut exclusive, family, labels, limit, stamp.to_bits()).map(Some)
    }
}
