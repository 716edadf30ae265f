//! A slot as a scrape sees it, read once at the beginning.

use crate::error::{Error, Result};
use crate::layout::{Place, Shape, directory as entry, header, slot};
use crate::membership::lease::{self, Lease};
use crate::storage::directory;
use crate::storage::table;
use crate::storage::words::Words;
use crate::sync::{AtomicU64, Ordering};
use std::collections::{HashMap, HashSet};

/// A process: its pid, and its pid namespace if another namespace has the same pid. Otherwise the namespace is 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Process {
    pub pid: u64,
    pub namespace: u64,
}

/// A cell of a series.
pub(super) struct Cell<'heap> {
    /// The number of its slot.
    pub slot: usize,
    pub words: &'heap [AtomicU64],
    /// The entry of the slot's directory.
    entry: &'heap [AtomicU64; entry::ENTRY_WORDS as usize],
    /// The word of the entry that led to the cell.
    found: u64,
}

impl Cell<'_> {
    /// Whether the entry still leads to the cell, for that generation of the series. New labels may exchange the cells of two
    /// entries. The caller has fenced.
    #[inline]
    pub fn is_bound(&self, generation: u32) -> bool {
        let word = |index: u32| self.entry[index as usize].load(Ordering::Relaxed);
        directory::generation_of(word(entry::GENERATION)) == generation
            && word(entry::CELL) == self.found
    }
}

/// A slot as a scrape sees it.
pub(super) struct SlotView<'heap> {
    number: usize,
    pub at: Place,
    pub process: Process,
    pub incarnation: u32,
    /// Whether a writer holds it, as far as the kernel knows.
    pub live: bool,
    /// Whether its gauges count: a writer holds it, or the heap is kept and no writer holds any slot.
    pub counts: bool,
    /// The leaf of the last series: series come in order, 64 to a leaf.
    leaf_number: u32,
    leaf: Option<&'heap Leaf>,
}

/// The words of a leaf of a directory.
type Leaf = [AtomicU64; (entry::LEAF_SERIES * entry::ENTRY_WORDS) as usize];

impl<'heap> SlotView<'heap> {
    /// All slots, in order.
    pub fn all(words: &'heap Words) -> Result<Vec<SlotView<'heap>>> {
        let mut slots: Vec<SlotView> = (0..table::count(words, header::SLOT_COUNT)?)
            .map(|number| SlotView::of(words, number))
            .collect::<Result<_>>()?;
        let mut namespaces: HashMap<u64, HashSet<u64>> = HashMap::new();
        for SlotView { process, .. } in slots.iter().filter(|slot| slot.live) {
            namespaces
                .entry(process.pid)
                .or_default()
                .insert(process.namespace);
        }
        for SlotView { process, .. } in &mut slots {
            if namespaces
                .get(&process.pid)
                .is_none_or(|found| found.len() < 2)
            {
                process.namespace = 0;
            }
        }
        // The page of a heap that is kept shows the last values of its writers.
        if words.load(header::KEEP)? != 0 && slots.iter().all(|slot| !slot.live) {
            slots.iter_mut().for_each(|slot| slot.counts = true);
        }
        Ok(slots)
    }

    fn of(words: &'heap Words, number: u32) -> Result<SlotView<'heap>> {
        let at = directory::slot_place(words, number)?;
        // The lease first. It may already belong to a new holder, for whom the last holder's gauges must not count.
        let live = lease::probe(words, number, at)? != Lease::Free;
        let incarnation = words.load(at + slot::INCARNATION)? as u32;
        let process = Process {
            pid: words.load(at + slot::PID)?,
            namespace: words.load(at + slot::PID_NAMESPACE)?,
        };
        Ok(SlotView {
            number: number as usize,
            at,
            process,
            incarnation,
            live,
            counts: live,
            leaf_number: u32::MAX,
            leaf: None,
        })
    }

    /// The generation word of the entry that this slot has for the last series; `None`: there is no leaf for it.
    pub fn generation_word(&self, number: u32) -> Option<&'heap AtomicU64> {
        let at = directory::offset(number) as usize;
        self.leaf.map(|leaf| &leaf[at + entry::GENERATION as usize])
    }

    /// The cell that this slot has bound to that generation of the series. It must have that shape.
    pub fn cell(
        &mut self,
        words: &'heap Words,
        number: u32,
        generation: u32,
        shape: Shape,
    ) -> Result<Option<Cell<'heap>>> {
        let leaf_number = number / entry::LEAF_SERIES;
        if self.leaf_number != leaf_number {
            self.leaf_number = leaf_number;
            self.leaf = match directory::leaf(words, self.at, number)? {
                Some(leaf) => Some(words.block(leaf)?),
                None => None,
            };
        }
        let Some(leaf) = self.leaf else {
            return Ok(None);
        };
        let (entries, _) = leaf.as_chunks();
        let entry: &[AtomicU64; _] = &entries[(number % entry::LEAF_SERIES) as usize];
        let bound = &entry[entry::GENERATION as usize];
        // Acquire: a reader that finds the generation also finds the cell.
        if directory::generation_of(bound.load(Ordering::Acquire)) != generation {
            return Ok(None);
        }
        // Acquire: a reader that finds the cell of an exchange also finds its contents.
        let found = entry[entry::CELL as usize].load(Ordering::Acquire);
        let (place, found_shape) = entry::cell_of(found);
        if found_shape != shape {
            return Err(Error::Corrupt {
                what: "a cell has another size than its family",
            });
        }
        Ok(Some(Cell {
            slot: self.number,
            words: words.slice(place, shape.words)?,
            entry,
            found,
        }))
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;
    use crate::expose::{Format, scrape};
    use crate::membership::writer::Writer;
    use crate::model::declaration::FamilySpec;
    use crate::model::family::{Aggregator, Kind};
    use crate::model::labels::Labels;
    use crate::os::options::HeapOptions;
    use crate::read::snapshot::Filter;

    #[test]
    fn equal_pids_of_different_namespaces_are_different_processes() {
        let options = HeapOptions {
            id: Some(u128::from(std::process::id()) << 64 | 7),
            ..HeapOptions::default()
        };
        let writers = [0, 1, 2, 3].map(|thread| Writer::attach(&options, thread).unwrap());
        let words = &writers[0].heap().words;
        let spec = FamilySpec {
            registries: vec![writers[0].registry("r").unwrap()],
            name: "g".into(),
            kind: Kind::Gauge,
            aggregator: Aggregator::All,
            ..FamilySpec::default()
        };
        // Two threads of one process, a process of another container with the same pid, and a process with another pid.
        let processes = [(1, 100), (1, 100), (1, 200), (7, 200)];
        for (writer, (pid, namespace)) in writers.iter().zip(processes) {
            let at = directory::slot_place(words, writer.slot()).unwrap();
            let set = |place, value| {
                words
                    .word(at + place)
                    .unwrap()
                    .store(value, Ordering::Relaxed)
            };
            set(slot::PID, pid);
            set(slot::PID_NAMESPACE, namespace);
            let (family, _) = writer.declare(&spec).unwrap();
            let binding = writer.bind(family, &Labels::new([])).unwrap().unwrap();
            assert!(writer.gauge_set(binding, 1.0).unwrap());
        }
        let filter = Filter {
            registries: spec.registries.clone(),
            ..Filter::default()
        };
        let page = || {
            let mut text = Vec::new();
            scrape(writers[0].heap(), &filter, Format::Text, &mut text).unwrap();
            let text = String::from_utf8(text).unwrap();
            let samples = text.lines().filter(|line| line.starts_with("g{"));
            samples.map(str::to_owned).collect::<Vec<_>>()
        };
        let expected = [
            r#"g{pid="1@100"} 2"#,
            r#"g{pid="1@200"} 1"#,
            r#"g{pid="7"} 1"#,
        ];
        assert_eq!(page(), expected);
        let [first, second, third, fourth] = writers;
        drop((first, second));
        let page = {
            let mut text = Vec::new();
            scrape(third.heap(), &filter, Format::Text, &mut text).unwrap();
            String::from_utf8(text).unwrap()
        };
        assert!(page.contains("g{pid=\"1\"} 1\ng{pid=\"7\"} 1\n"), "{page}");
        drop(fourth);
    }
}
