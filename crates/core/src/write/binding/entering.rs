//! New entries of a writer's directory: a cell of zeroes, in place of the last cell for that number.

use crate::catalog::series::SeriesEntry;
use crate::cell::extension::Extent;
use crate::error::Result;
use crate::layout::{directory as entry, extension, series as record, slot};
use crate::membership::writer::Writer;
use crate::model::declaration::FamilySpec;
use crate::storage::directory::{self, Entry};
use crate::storage::growing_table;

impl Writer {
    /// Gives the series a cell of zeroes and enters it in the directory.
    pub(super) fn enter(
        &self,
        spec: &FamilySpec,
        number: u32,
        series: SeriesEntry,
    ) -> Result<Entry> {
        let words = self.words();
        let shape = spec.shape();
        let room = shape.words.max(2 * entry::LEAF_SERIES * entry::ENTRY_WORDS);
        self.free_extensions(number)?;
        self.change(room, |transaction, arena| {
            let root = self.at() + slot::SERIES;
            let Some(top) = growing_table::entry_or_page(
                transaction,
                arena,
                root,
                number / entry::LEAF_SERIES,
            )?
            else {
                return Ok(None);
            };
            let mut leaf = transaction.get_place(top)?;
            if leaf == 0 {
                let length = entry::LEAF_SERIES * entry::ENTRY_WORDS;
                let Some(block) = arena.allocate(transaction, length)? else {
                    return Ok(None);
                };
                words.clear_tail(block, length)?;
                transaction.set(block, 0)?;
                transaction.set(top, u64::from(block))?;
                leaf = block;
            }
            let place = leaf + directory::offset(number);
            let (old_cell, old) = entry::cell_of(transaction.get(place + entry::CELL)?);
            let cell = if shape.words == 0 {
                series.record + record::SHARED
            } else if old == shape {
                old_cell
            } else {
                let Some(cell) = arena.allocate(transaction, shape.words)? else {
                    return Ok(None);
                };
                cell
            };
            if old.words != 0 && old != shape {
                arena.free(transaction, old_cell, old.words)?;
            }
            if shape.words != 0 {
                words.clear_tail(cell, shape.words)?;
                transaction.set(cell, 0)?;
            }
            transaction.set(place + entry::CELL, entry::cell_word(cell, shape))?;
            // Last: from here on the cell counts.
            transaction.set(place + entry::GENERATION, u64::from(series.generation))?;
            Ok(Some(Entry {
                place,
                cell,
                generation: series.generation,
            }))
        })
    }

    /// Gives back the extensions of the cell that this writer last had for the series' number, one at a time.
    fn free_extensions(&self, number: u32) -> Result<()> {
        let words = self.words();
        let Some(entry) = directory::entry(words, self.at(), number)? else {
            return Ok(());
        };
        let (cell, shape) = entry::cell_of(words.load(entry.place + entry::CELL)?);
        if !shape.extended || shape.words == 0 {
            return Ok(());
        }
        let head = cell + shape.words - 1;
        let mut extent = Extent::default();
        while words.load_place(head)? != 0 {
            let body = self.change(0, |transaction, arena| {
                let block = transaction.get_place(head)?;
                let next = transaction.get(block + extension::NEXT)?;
                let body = (transaction.get(block + extension::TAG)? >> 32) as u32;
                transaction.set(head, next)?;
                arena.free(transaction, block, extension::BODY.saturating_add(body))?;
                Ok(Some(body))
            })?;
            extent.add(words, body)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Error;
    use crate::model::labels::Labels;
    use crate::sync::Ordering;
    use crate::{HeapOptions, Kind};

    #[test]
    fn extensions_that_lead_to_themselves_are_an_error() {
        let writer = Writer::attach(&HeapOptions::default(), 0).unwrap();
        let words = writer.words();
        let spec = FamilySpec {
            registries: vec![writer.registry("default").unwrap()],
            name: "things_total".into(),
            help: "Things".into(),
            kind: Kind::Counter,
            exemplars: true,
            ..FamilySpec::default()
        };
        let family = writer.declare(&spec).unwrap().0;
        let bare = Labels::new([]);
        let trace = Labels::new([("trace_id", "7")]);
        let bind_again = || {
            let binding = writer.bind(family, &bare)?.unwrap();
            assert!(writer.exemplar_store(binding, 0, 1.0, 2.0, &trace)?);
            let head = binding.cell + spec.shape().words - 1;
            let block = words.load_place(head)?;
            let next = words.word(block + extension::NEXT)?;
            next.store(u64::from(block), Ordering::Relaxed);
            assert!(writer.restart_series(family, &bare)?);
            writer.bind(family, &bare)
        };
        // Given back twice, the block leads to itself as a free one, too: from now on nothing would end that.
        assert!(bind_again().is_ok());
        assert!(matches!(bind_again(), Err(Error::Corrupt { .. })));
    }
}
