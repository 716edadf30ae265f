//! Setting an info: of the series with the same base labels, only the newest stays.

use crate::error::Result;
use crate::labels::Labels;
use crate::layout::series as record;
use crate::series;
use crate::writer::Writer;

impl Writer {
    /// Sets an info: the series with these labels becomes the only one of the family whose base labels (the declared ones) have
    /// these values, unless there is a newer one. `stamp` orders the settings: seconds since the epoch.
    pub fn info_set(&self, family: u32, labels: &Labels, stamp: f64) -> Result<bool> {
        let heap = self.heap();
        let Some(binding) = self.bind(family, labels)? else {
            return Ok(false);
        };
        self.shared_set(binding, stamp)?;
        let spec = heap.declarations.get(heap, family)?;
        let base = labels.among(&spec.label_names);
        let mut exclusive = heap.map_lock.acquire(heap)?;
        let (mut own, mut newer) = (None, false);
        for (number, series) in series::series_of(heap, family)? {
            let other = series::labels_of(heap, series)?;
            if other.is_written_as(labels.text().as_bytes()) {
                own = Some((number, series));
            } else if other.among(&spec.label_names) != base {
                continue;
            } else if heap.load_f64(series.record + record::SHARED)? <= stamp {
                series::remove_series(&mut exclusive, number, series)?;
            } else {
                newer = true;
            }
        }
        if let Some((number, series)) = own.filter(|_| newer) {
            series::remove_series(&mut exclusive, number, series)?;
        }
        Ok(true)
    }
}
