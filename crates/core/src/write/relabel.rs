//! New labels for the contribution of one writer, as when the default labels of its registry change.

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
    /// Gives this writer's contribution to a series other labels. A scrape finds the contribution under the old labels or
    /// under the new ones. So does the next writer, if this one dies meanwhile.
    ///
    /// `false`: the caller must move the contribution. This writer has none, or also has one under the new labels, or all
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
        // Other writers contribute to the old series or to the new one. So this writer first gets a cell in the new one.
        if self.bind(family, to)?.is_none() {
            return Ok(false);
        }
        self.exchange_cells(family, from, to)
    }

    /// Exchanges the cell of the one series with the empty cell of the other.
    fn exchange_cells(&self, family: u32, from: &Labels, to: &Labels) -> Result<bool> {
        let mut exclusive = self.heap().lock()?;
        let own = |labels| self.with_entry(series::find_series(self.words(), family, labels));
        let (old, new) = (own(from)?, own(to)?);
        let (Some((number, series, old)), Some((_, _, new))) = (old, new) else {
            return Ok(false);
        };
        let old_cell = self.words().load(old.place + entry::CELL)?;
        let new_cell = self.words().load(new.place + entry::CELL)?;
        let mut transaction = exclusive.transaction();
        // A scrape in between finds the contribution in neither series, and never in both.
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

/// Whether any writer is bound to that generation of the series, except the one in the slot at `own_slot`.
fn is_bound_by_others(
    words: &Words,
    own_slot: Place,
    number: u32,
    generation: u32,
) -> Result<bool> {
    for at in directory::slots(words)? {
        let found = directory::entry(words, at, number)?;
        if at != own_slot && found.is_some_and(|found| found.generation == generation) {
            return Ok(true);
        }
    }
    Ok(false)
}
