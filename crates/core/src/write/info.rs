//! Infos: the content of an info is labels, so new content means new labels.

use crate::catalog::families;
use crate::catalog::series::{self, SeriesEntry};
use crate::error::Result;
use crate::layout::series as record;
use crate::membership::writer::Writer;
use crate::model::labels::Labels;
use crate::sync::{AtomicF64, Ordering};

impl Writer {
    /// Sets an info. Its series replaces the series of the family with the same values of the declared labels, unless that
    /// one is newer. `stamp` orders the settings: seconds on the machine's monotonic clock, which never goes back. A reader
    /// finds the old series or the new one. `false`: there was no room, and the series was counted as dropped.
    pub fn info_set(&self, family: u32, labels: &Labels, stamp: f64) -> Result<bool> {
        let set = match self.put(family, labels, stamp) {
            Err(error) => return self.note_shortage(error, false).map(|()| false),
            Ok(set) => set,
        };
        let Some((number, series)) = set else {
            return Ok(true);
        };
        let spec = families::declaration(self.heap(), family)?;
        match self.bind_to(&spec, number, series) {
            // The new content is shown in any case. Without a binding, this writer cannot withdraw it.
            Err(error) if !error.is_shortage() => Err(error),
            _ => Ok(true),
        }
    }

    /// Puts the labels in place, and returns the series. `None`: a newer info is there.
    fn put(&self, family: u32, labels: &Labels, stamp: f64) -> Result<Option<(u32, SeriesEntry)>> {
        let (heap, words) = (self.heap(), self.words());
        let spec = families::declaration(heap, family)?;
        let base = labels.among(&spec.label_names);
        let mut exclusive = heap.lock()?;
        for (number, old) in series::series_under_lock(&exclusive, family)? {
            let found = series::labels_of(words, old)?;
            if found.among(&spec.label_names) != base {
                continue;
            }
            let shared = words.word(old.record + record::SHARED)?;
            // Relaxed: only holders of the lock access this word.
            if shared.load_f64(Ordering::Relaxed) > stamp {
                return Ok(None);
            }
            if found.is_written_as(labels.text().as_bytes()) {
                shared.store_f64(stamp, Ordering::Relaxed);
                return Ok(Some((number, old)));
            }
            let new = series::replace_series(&mut exclusive, number, old, labels, stamp.to_bits())?;
            return Ok(new.map(|new| (number, new)));
        }
        let limits = self.limits_of(&spec);
        series::create_series(&mut exclusive, family, labels, limits, stamp.to_bits()).map(Some)
    }
}
