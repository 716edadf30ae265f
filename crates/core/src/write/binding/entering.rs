//! New entries of a writer's directory: a cell of zeroes, in place of the last cell for that number.

use crate::catalog::series::SeriesEntry;
use crate::cell::extension::Extent;
use crate::error::Result;
use crate::layout::{Place, SEQUENCE_MASK, directory as entry, extension, series as record, slot};
use crate::membership::writer::Writer;
use crate::model::declaration::FamilySpec;
use crate::model::family::Kind;
use crate::storage::allocator::Allocator;
use crate::storage::directory::{self, Entry};
use crate::storage::growing_table;
use crate::storage::journal::Transaction;

impl Writer {
    /// Gives the series a cell of zeroes and enters it in the directory. `last` is the present entry of the series' number;
    /// without one, the directory has no leaf for the number.
    pub(super) fn enter(
        &self,
        spec: &FamilySpec,
        number: u32,
        series: SeriesEntry,
        last: Option<Entry>,
    ) -> Result<Entry> {
        let words = self.words();
        let shape = spec.shape();
        let room = shape.words.max(2 * entry::LEAF_SERIES * entry::ENTRY_WORDS);
        if let Some(last) = last {
            self.free_extensions(last)?;
        }
        self.change(room, |transaction, arena| {
            let place = match last {
                Some(last) => last.place,
                None => match self.add_leaf(transaction, arena, number)? {
                    Some(leaf) => leaf + directory::offset(number),
                    None => return Ok(None),
                },
            };
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
                let first = match spec.kind {
                    // A reader that still copies the last contents must find another sequence, so it never starts again.
                    Kind::Histogram | Kind::Summary if old == shape => {
                        ((transaction.get(cell)? | 1) + 1) & SEQUENCE_MASK
                    }
                    _ => 0,
                };
                words.clear_tail(cell, shape.words)?;
                transaction.set(cell, first)?;
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

    /// Adds the leaf for series `number` to the directory. `None`: the arena needs another chunk.
    fn add_leaf(
        &self,
        transaction: &mut Transaction,
        arena: Allocator,
        number: u32,
    ) -> Result<Option<Place>> {
        let root = self.at() + slot::SERIES;
        let index = number / entry::LEAF_SERIES;
        let Some(top) = growing_table::entry_or_page(transaction, arena, root, index)? else {
            return Ok(None);
        };
        let length = entry::LEAF_SERIES * entry::ENTRY_WORDS;
        let Some(leaf) = arena.allocate(transaction, length)? else {
            return Ok(None);
        };
        transaction.words().clear_tail(leaf, length)?;
        transaction.set(leaf, 0)?;
        transaction.set(top, u64::from(leaf))?;
        Ok(Some(leaf))
    }

    /// Gives back the extensions of the cell of that entry, one at a time.
    fn free_extensions(&self, entry: Entry) -> Result<()> {
        let words = self.words();
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
    use crate::HeapOptions;
    use crate::error::Error;
    use crate::model::labels::Labels;
    use crate::sync::Ordering;

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

    /// A reader that copies while the writer withdraws and comes back must find that the sequence has changed.
    #[test]
    fn the_sequence_of_a_cell_never_starts_again() {
        let options = HeapOptions {
            id: Some(0x5e9e_9ce5),
            ..HeapOptions::default()
        };
        let [staying, leaving] = [0, 1].map(|thread| Writer::attach(&options, thread).unwrap());
        let words = leaving.words();
        for (kind, name) in [(Kind::Histogram, "h"), (Kind::Summary, "s")] {
            let spec = FamilySpec {
                registries: vec![leaving.registry("default").unwrap()],
                name: name.into(),
                kind,
                bounds: vec![0.5],
                windows: if kind == Kind::Summary { 1 } else { 0 },
                interval: 1.0,
                ..FamilySpec::default()
            };
            let bare = Labels::new([]);
            let family = leaving.declare(&spec).unwrap().0;
            staying.bind(family, &bare).unwrap().unwrap();
            let mut last = 0;
            for round in 1..4 {
                let binding = leaving.bind(family, &bare).unwrap().unwrap();
                let sequence = words.load(binding.cell).unwrap();
                assert!(
                    sequence % 2 == 0 && (round == 1 || sequence > last),
                    "{kind:?}"
                );
                match kind {
                    Kind::Histogram => leaving.histogram_observe(binding, 0, 0.25).unwrap(),
                    _ => leaving.summary_observe(binding, 0, 0.25).unwrap(),
                };
                last = words.load(binding.cell).unwrap();
                assert!(last > sequence, "{kind:?}");
                leaving.unbind(family, &bare).unwrap();
            }
        }
    }
}
