//! Removal: withdrawing one writer's contribution, removing series for the whole application, and starting from zero.

use crate::catalog::families;
use crate::catalog::series::{self, SeriesEntry};
use crate::error::Result;
use crate::membership::writer::Writer;
use crate::model::family::Kind;
use crate::model::labels::Labels;
use crate::storage::directory::{self, Entry};
use crate::sync::{Ordering, fence};

impl Writer {
    /// Withdraws this writer's contribution to a series. A series that no writer is bound to any more is removed.
    pub fn unbind(&self, family: u32, labels: &Labels) -> Result<bool> {
        let Some((number, series, entry)) = self.entry_of(family, labels)? else {
            return Ok(false);
        };
        self.release(number, series, entry)?;
        Ok(true)
    }

    fn release(&self, number: u32, series: SeriesEntry, entry: Entry) -> Result<()> {
        let heap = self.heap();
        self.forget(entry)?;
        // SeqCst: of two writers that withdraw together, at least one finds that the other has withdrawn as well.
        fence(Ordering::SeqCst);
        if directory::is_bound(self.words(), number, series.generation)? {
            return Ok(());
        }
        match heap.lock() {
            Ok(mut exclusive) => {
                self.remove_if_unbound(&mut exclusive, number, series)?;
                Ok(())
            }
            // The series stays in the map unseen, and is found again under the same labels.
            Err(error) if error.is_shortage() => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Withdraws this writer from a family: its contribution to each series, and its declaration.
    pub fn unbind_family(&self, family: u32) -> Result<()> {
        self.set_family_flag(family, 0)?;
        for (number, series) in series::series_of(self.words(), family)? {
            match directory::entry(self.words(), self.at(), number)? {
                Some(entry) if entry.generation == series.generation => {
                    self.release(number, series, entry)?
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Removes a series for the whole application. Returns whether the series existed.
    pub fn remove_series(&self, family: u32, labels: &Labels) -> Result<bool> {
        let heap = self.heap();
        let mut exclusive = heap.lock()?;
        match series::find_series(self.words(), family, labels) {
            Some((number, series)) => series::remove_series(&mut exclusive, number, series),
            None => Ok(false),
        }
    }

    /// Starts a series from zero for the whole application. The series keeps its position on the page. Returns whether it
    /// exists.
    pub fn restart_series(&self, family: u32, labels: &Labels) -> Result<bool> {
        let heap = self.heap();
        let spec = families::declaration(heap, family)?;
        let mut exclusive = heap.lock()?;
        match series::find_series(self.words(), family, labels) {
            Some((number, series)) => series::restart_series(&mut exclusive, &spec, number, series),
            None => Ok(false),
        }
    }

    /// Starts a family from zero for the whole application. Series with labels and infos are removed. Summaries, series without
    /// labels, and overflow series start from zero.
    pub fn reset_family(&self, family: u32) -> Result<()> {
        let heap = self.heap();
        let spec = families::declaration(heap, family)?;
        let goes = match spec.kind {
            Kind::Summary => false,
            Kind::Info => true,
            _ => !spec.label_names.is_empty(),
        };
        for (number, listed) in series::series_of(self.words(), family)? {
            let mut exclusive = heap.lock()?;
            let Some(series) = series::present(&exclusive, number, listed)? else {
                continue;
            };
            // The memory of an overflow series stays reserved.
            if goes && !series::labels_of(self.words(), series)?.are_overflow() {
                series::remove_series(&mut exclusive, number, series)?;
            } else {
                series::restart_series(&mut exclusive, &spec, number, series)?;
            }
        }
        Ok(())
    }
}
