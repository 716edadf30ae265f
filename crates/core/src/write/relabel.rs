//! Other labels for what one writer has recorded, as when the default labels of its registry change.

use crate::catalog::families;
use crate::catalog::series::{self, SeriesEntry};
use crate::error::Result;
use crate::layout::{Place, directory as entry};
use crate::membership::writer::Writer;
use crate::model::family::Kind;
use crate::model::labels::Labels;
use crate::storage::directory;
use crate::storage::lock::Exclusive;
use crate::storage::words::Words;

impl Writer {
    /// Gives this writer's share of a series other labels. A scrape finds the share under the one labels or the other, and
    /// so does the next writer if this one dies meanwhile.
    ///
    /// `false`: the caller has to move the share. This writer has none, or has one under the other labels as well, or all
    /// writers share one value.
    ///
    /// # Errors
    /// [`Error::Full`](crate::Error::Full) and [`Error::Busy`](crate::Error::Busy).
    pub fn relabel(&self, family: u32, from: &Labels, to: &Labels) -> Result<bool> {
        let spec = families::declaration(self.heap(), family)?;
        if spec.is_shared() || spec.kind == Kind::Info || self.entry_of(family, to)?.is_some() {
            return Ok(false);
        }
        let Some((number, series, _)) = self.entry_of(family, from)? else {
            return Ok(false);
        };
        if series::find_series(self.words(), family, to).is_none() {
            let mut exclusive = self.heap().lock()?;
            let at = self.at();
            let is_others =
                |words: &Words| is_bound_by_others(words, at, number, series.generation);
            if series::find_series(self.words(), family, to).is_none()
                && series::rename_unless(&mut exclusive, number, series, to, is_others)?
            {
                return Ok(true);
            }
        }
        // Others have a share of the old series, or of the new one. So this writer gets a cell in the new one first.
        if self.bind(family, to)?.is_none() {
            return Ok(false);
        }
        self.exchange_cells(family, from, to)
    }

    /// Puts the cell that is bound to the one series in the place of the empty one that is bound to the other.
    fn exchange_cells(&self, family: u32, from: &Labels, to: &Labels) -> Result<bool> {
        let mut exclusive = self.heap().lock()?;
        let (old, new) = (self.entry_of(family, from)?, self.entry_of(family, to)?);
        let (Some((number, series, old)), Some((_, _, new))) = (old, new) else {
            return Ok(false);
        };
        let old_cell = self.words().load(old.place + entry::CELL)?;
        let new_cell = self.words().load(new.place + entry::CELL)?;
        let mut transaction = exclusive.transaction();
        // A scrape in between finds the share in neither series, and never in both.
        transaction.set(old.place + entry::GENERATION, 0)?;
        transaction.set(old.place + entry::CELL, new_cell)?;
        transaction.set(new.place + entry::CELL, old_cell)?;
        transaction.commit()?;
        self.remove_if_unbound(&mut exclusive, number, series)?;
        Ok(true)
    }

    /// Removes a series that no writer is bound to any more.
    pub(super) fn remove_if_unbound(
        &self,
        exclusive: &mut Exclusive,
        number: u32,
        series: SeriesEntry,
    ) -> Result<bool> {
        series::remove_unless(exclusive, number, series, |words| {
            directory::is_bound(words, number, series.generation)
        })
    }
}

/// Whether any other writer than that in the slot at `own` is bound to that generation of the series.
fn is_bound_by_others(words: &Words, own: Place, number: u32, generation: u32) -> Result<bool> {
    for at in directory::slots(words)? {
        let found = directory::entry(words, at, number)?;
        if at != own && found.is_some_and(|found| found.generation == generation) {
            return Ok(true);
        }
    }
    Ok(false)
}
