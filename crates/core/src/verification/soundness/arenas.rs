//! The slots, and the contents of the writers' arenas.

use super::Check;
use crate::catalog::families;
use crate::cell;
use crate::cell::native::{NativeCell, TableCopy};
use crate::error::Result;
use crate::layout::{
    self, ARENA_SIZE_CLASSES, Place, TABLE_FIRST, control, extension, histogram, journal, series,
    slot,
};
use crate::membership::lease::{self, Lease};
use crate::model::sparse::merge;
use crate::storage::directory;
use crate::sync::AtomicU64;
use crate::verification::accounting::{Blocks, free_blocks};
use std::collections::BTreeSet;

impl Check<'_> {
    pub(super) fn slot(&mut self, number: u32) -> Result<()> {
        let words = &self.heap.words;
        let at = directory::slot_place(words, number)?;
        self.blocks.add(at, slot::WORDS, "a slot");
        let chunks = words.load(at + slot::CHUNK_COUNT)? as u32;
        let mut ranges = Vec::new();
        for chunk in 0..chunks {
            let (place, length) = slot::chunk(words.load(at + slot::CHUNKS + chunk)?);
            self.blocks.add(place, length, "a chunk");
            ranges.push((place, place + length));
        }
        if words.load(at + slot::JOURNAL + journal::SEQUENCE)? & 1 != 0 {
            // Its next holder completes it.
            let held = lease::probe(words, number, at)? != Lease::Free;
            self.expect(!held, || {
                format!("slot {number} is held, and its journal open")
            });
            return Ok(());
        }
        let Some((last, end)) = ranges.last_mut() else {
            return Ok(());
        };
        let (bump, limit) = (
            words.load_place(at + slot::BUMP)?,
            words.load_place(at + slot::LIMIT)?,
        );
        let fits = limit == *end && (*last..=*end).contains(&bump);
        *end = bump;
        self.expect(fits, || {
            format!("slot {number} allocates outside of its last chunk")
        });
        ranges[0].0 += control::END;
        self.arena(number, at, &ranges)
    }

    /// The contents of a writer's arena.
    fn arena(&mut self, number: u32, at: Place, ranges: &[(Place, Place)]) -> Result<()> {
        let words = &self.heap.words;
        let mut blocks = Blocks::default();
        self.pages(at + slot::FAMILIES, &mut blocks)?;
        for (page, start) in self.pages(at + slot::SERIES, &mut blocks)? {
            for index in 0..TABLE_FIRST << page {
                let leaf = words.load_place(start + index)?;
                if leaf == 0 {
                    continue;
                }
                let length = layout::directory::LEAF_SERIES * layout::directory::ENTRY_WORDS;
                blocks.add(leaf, length, "a leaf of a directory");
                let leaf_number = TABLE_FIRST * ((1 << page) - 1) + index;
                for entry in 0..layout::directory::LEAF_SERIES {
                    let series = leaf_number * layout::directory::LEAF_SERIES + entry;
                    self.entry(number, at, series, &mut blocks)?;
                }
            }
        }
        free_blocks(
            words,
            at + slot::FREE_LISTS,
            ARENA_SIZE_CLASSES,
            &mut blocks,
        )?;
        let mut problems = Vec::new();
        blocks.check(ranges, &mut problems);
        let named = problems
            .into_iter()
            .map(|problem| format!("slot {number}: {problem}"));
        self.problems.extend(named);
        Ok(())
    }

    /// A writer's entry for a series.
    fn entry(&mut self, slot: u32, at: Place, series: u32, blocks: &mut Blocks) -> Result<()> {
        let words = &self.heap.words;
        let Some(entry) = directory::entry(words, at, series)? else {
            return Ok(());
        };
        let word = words.load(entry.place + layout::directory::CELL)?;
        let (cell, shape) = layout::directory::cell_of(word);
        if shape.words > 0 {
            blocks.add(cell, shape.words, "a cell");
        }
        if shape.extended {
            cell::extension::for_each(
                words,
                words.slice(cell, shape.words)?,
                |body, _, length| {
                    blocks.add(
                        body - extension::BODY,
                        extension::BODY + length,
                        "an extension",
                    );
                    Ok(())
                },
            )?;
        }
        if entry.generation == 0 {
            return Ok(());
        }
        match self.live.get(&series) {
            Some(found) if found.generation == entry.generation => {
                let family = (words.load(found.record + series::NUMBER)? >> 32) as u32;
                let spec = families::declaration(self.heap, family)?;
                let fits = spec.shape() == shape
                    && (shape.words > 0 || cell == found.record + series::SHARED);
                self.expect(fits, || {
                    format!("slot {slot} has no cell of the kind of series {series}")
                });
                if fits && spec.native.is_some() {
                    self.sparse(slot, series, words.slice(cell, shape.words)?)?;
                }
            }
            _ => self.problems.push(format!(
                "slot {slot} is bound to generation {} of series {series}, which is over",
                entry.generation
            )),
        }
        Ok(())
    }

    /// The sparse buckets of a cell count as many values as the classic ones. Their table is an extension of the cell, and has
    /// no key twice.
    fn sparse(&mut self, slot: u32, series: u32, cell: &[AtomicU64]) -> Result<()> {
        let words = &self.heap.words;
        let native = NativeCell::new(words, cell)?;
        let mut counts = vec![0.0; native.histogram.len() - histogram::BUCKETS as usize];
        let mut table = TableCopy::default();
        let copied = cell::histogram::read(
            native.histogram,
            &mut counts,
            &mut Vec::new(),
            &mut 0,
            || table.take(&native),
        )?;
        let sparse = table.sparse(copied.is_under_way)?.unwrap_or_default();
        let number = |values: &[f64]| values.iter().sum::<f64>() as u64;
        let (classic, found) = (number(&counts), merge(&mut [sparse.clone()]).count);
        self.expect(classic == found, || {
            format!("slot {slot} counts {classic} values of series {series}, and {found} sparsely")
        });
        let keys: BTreeSet<_> = sparse.buckets.iter().map(|(bucket, _)| *bucket).collect();
        self.expect(keys.len() == sparse.buckets.len(), || {
            format!("slot {slot} has a sparse bucket of series {series} twice")
        });
        let mut is_owned = native.table_place() == 0;
        cell::extension::for_each(words, cell, |body, tag, _| {
            is_owned |= tag >= layout::native::TABLE_TAG && body == native.table_place();
            Ok(())
        })?;
        self.expect(is_owned, || {
            format!("the table of series {series} in slot {slot} is no extension of the cell")
        });
        Ok(())
    }
}
