//! The structure of a heap contradicts itself nowhere, however its writers died.

mod arenas;

use super::accounting::Blocks;
use crate::catalog::families;
use crate::catalog::series::{SeriesEntry, labels_of, series_word};
use crate::error::Result;
use crate::layout::{
    MAP_FANOUT, Place, TABLE_FIRST, TABLE_PAGES, WORD, family, header, journal, series,
    series_counts,
};
use crate::storage::heap::Heap;
use crate::storage::table;
use std::collections::{BTreeMap, BTreeSet};

/// Checks the whole structure of a heap, and returns the problems. The caller must prevent changes meanwhile.
///
/// ```
/// use mpmetrics_core::{HeapOptions, Writer, verification};
/// let writer = Writer::attach(&HeapOptions::default(), 0)?;
/// assert_eq!(verification::check(writer.heap())?, Vec::<String>::new());
/// # Ok::<(), mpmetrics_core::Error>(())
/// ```
pub fn check(heap: &Heap) -> Result<Vec<String>> {
    // The lock completes the change of a dead holder.
    let _exclusive = heap.lock()?;
    let mut check = Check {
        heap,
        blocks: Blocks::default(),
        live: BTreeMap::new(),
        problems: Vec::new(),
    };
    check.catalog()?;
    check.label_map()?;
    for number in 0..table::count(&heap.words, header::SLOT_COUNT)? {
        check.slot(number)?;
    }
    check.memory()?;
    Ok(check.problems)
}

struct Check<'heap> {
    heap: &'heap Heap,
    /// The blocks of the heap's own allocator.
    blocks: Blocks,
    /// The existing series, by number.
    live: BTreeMap<u32, SeriesEntry>,
    problems: Vec<String>,
}

impl Check<'_> {
    fn expect(&mut self, is: bool, otherwise: impl FnOnce() -> String) {
        if !is {
            self.problems.push(otherwise());
        }
    }

    /// Notes the pages of a table.
    fn pages(&self, root: Place, blocks: &mut Blocks) -> Result<Vec<(u32, Place)>> {
        let mut pages = Vec::new();
        for page in 0..TABLE_PAGES {
            let place = self.heap.words.load_place(root + page)?;
            if place != 0 {
                blocks.add(place, TABLE_FIRST << page, "a table's page");
                pages.push((page, place));
            }
        }
        Ok(pages)
    }

    /// The records of a table that only grows.
    fn records(&mut self, root: Place, count: Place) -> Result<Vec<Place>> {
        let count = table::count(&self.heap.words, count)?;
        let mut records = Vec::new();
        for number in 0..count {
            match table::entry(&self.heap.words, root, number)? {
                Some(place) => records.push(self.heap.words.load_place(place)?),
                None => self
                    .problems
                    .push(format!("entry {number} of the table at {root} is missing")),
            }
        }
        Ok(records)
    }

    fn catalog(&mut self) -> Result<()> {
        let (heap, words) = (self.heap, &self.heap.words);
        for record in self.records(header::REGISTRY_TABLE, header::REGISTRY_COUNT)? {
            let bytes = words.load(record)? as usize;
            self.blocks
                .add(record, 1 + bytes.div_ceil(WORD) as u32, "a registry");
        }
        let families = self.records(header::FAMILY_TABLE, header::FAMILY_COUNT)?;
        for (number, record) in (0..).zip(&families) {
            let bytes = words.load(record + family::LENGTH)? as u32 as usize;
            self.blocks.add(
                *record,
                family::TEXT + bytes.div_ceil(WORD) as u32,
                "a family",
            );
            families::declaration(heap, number)?;
        }
        let mut members = vec![0u64; families.len()];
        let mut free = BTreeSet::new();
        let count = table::count(&heap.words, header::SERIES_COUNT)?;
        for number in 0..count {
            let entry = SeriesEntry::look(series_word(words, number)?);
            if !entry.is_live() {
                free.insert(number);
                continue;
            }
            self.live.insert(number, entry);
            let names = words.load(entry.record + series::NUMBER)?;
            let bytes = words.load(entry.record + series::NEXT_AND_LENGTH)? as u32 as usize;
            self.blocks.add(
                entry.record,
                series::TEXT + bytes.div_ceil(WORD) as u32,
                "a series",
            );
            self.expect(names as u32 == number, || {
                format!("the record of series {number} names another")
            });
            match members.get_mut((names >> 32) as usize) {
                Some(members) => *members += 1,
                None => self
                    .problems
                    .push(format!("series {number} is of no family")),
            }
            let hash = labels_of(words, entry)?.hash(words.key()?, (names >> 32) as u32);
            let found = words.load(entry.record + series::HASH)?;
            self.expect(hash == found, || {
                format!("series {number} has another hash")
            });
        }
        for (number, (record, members)) in families.iter().zip(members).enumerate() {
            let (own, overflow) = series_counts(words.load(record + family::SERIES)?);
            let counted = u64::from(own) + u64::from(overflow);
            self.expect(counted == members, || {
                format!("family {number} counts {counted} series and has {members}")
            });
        }
        let (own, overflow) = series_counts(words.load(header::SERIES_LIVE)?);
        let living = u64::from(own) + u64::from(overflow);
        self.expect(living == self.live.len() as u64, || {
            format!("{living} series are counted")
        });
        self.free_numbers(free)
    }

    /// The list of free numbers has each of them once.
    fn free_numbers(&mut self, mut free: BTreeSet<u32>) -> Result<()> {
        let mut next = self.heap.words.load(header::FREE_SERIES)? as u32;
        while let Some(number) = next.checked_sub(1) {
            if !free.remove(&number) {
                self.problems
                    .push(format!("number {number} is not free, or twice in the list"));
                break;
            }
            next =
                SeriesEntry::look(series_word(&self.heap.words, number)?).record & (u32::MAX >> 1);
        }
        self.expect(free.is_empty(), || format!("numbers {free:?} are lost"));
        Ok(())
    }

    /// The label map leads to each series, and to nothing else.
    fn label_map(&mut self) -> Result<()> {
        let mut records: BTreeSet<Place> = self.live.values().map(|entry| entry.record).collect();
        let mut nodes = vec![(header::LABEL_MAP, 0, 0u64)];
        while let Some((node, level, path)) = nodes.pop() {
            for branch in 0..MAP_FANOUT {
                let word = self.heap.words.load(node + branch)?;
                let path = path | u64::from(branch) << (4 * level);
                if word >> 32 != 0 {
                    let place = word as Place;
                    self.blocks
                        .add(place, MAP_FANOUT, "a node of the label map");
                    nodes.push((place, level + 1, path));
                    continue;
                }
                let mut record = word as Place;
                while record != 0 {
                    if !records.remove(&record) {
                        self.problems
                            .push(format!("the label map leads to {record}, or twice"));
                        break;
                    }
                    let hash = self.heap.words.load(record + series::HASH)?;
                    let bits = u64::MAX >> (60 - 4 * level);
                    self.expect(hash & bits == path, || {
                        format!("{record} is in the wrong chain")
                    });
                    record =
                        (self.heap.words.load(record + series::NEXT_AND_LENGTH)? >> 32) as Place;
                }
            }
        }
        self.expect(records.is_empty(), || {
            format!("the label map does not lead to {records:?}")
        });
        Ok(())
    }

    /// The heap's own allocator, after all owners have named their blocks.
    fn memory(&mut self) -> Result<()> {
        let words = &self.heap.words;
        let mut blocks = std::mem::take(&mut self.blocks);
        for root in [
            header::SLOT_TABLE,
            header::REGISTRY_TABLE,
            header::FAMILY_TABLE,
            header::SERIES_TABLE,
        ] {
            self.pages(root, &mut blocks)?;
        }
        let counted = words.load(header::USED)?;
        let used = blocks.check_tagged(words, &mut self.problems)?;
        self.expect(used == counted, || {
            format!("{counted} words are counted, {used} are in use")
        });
        let (bump, reserved) = (
            words.load_place(header::BUMP)?,
            words.load_place(header::RESERVED)?,
        );
        self.expect(bump < reserved, || {
            format!("{bump} words are in use, {reserved} have memory")
        });
        let open = words.load(header::JOURNAL + journal::SEQUENCE)? & 1;
        self.expect(open == 0, || "the journal of the heap is open".to_owned());
        Ok(())
    }
}
