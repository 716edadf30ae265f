//! One series after the other: found, read, and confirmed as unchanged.

use super::merging::{Merge, Scratch};
use super::shown::Shown;
use super::slots::{Cell, SlotView};
use crate::catalog::series::{Entries, Record, SeriesEntry};
use crate::error::{Error, Result};
use crate::model::declaration::FamilySpec;
use crate::model::family::{Family, Kind};
use crate::model::labels::is_overflow;
use crate::read::staleness::{self, Stale};
use crate::storage::directory;
use crate::storage::heap::Heap;
use crate::storage::words::Words;
use crate::sync::{Ordering, fence};

/// A series is read again so many times while writers withdraw from it.
const TRIES: u64 = 1000;

/// A gauge's series without a live contributor is not shown, and is removed after this many seconds.
const ABANDONED_SECONDS: f64 = 600.0;

/// A scrape on its way through the series.
pub(super) struct Reader<'heap> {
    words: &'heap Words,
    /// The table of series at the beginning of the scrape.
    entries: Entries<'heap>,
    pub slots: Vec<SlotView<'heap>>,
    /// The machine's monotonic clock, in seconds.
    now: f64,
    /// For how many seconds the series that was read last has not been updated, if its family lets series expire.
    not_updated_for: f64,
    /// The series that were not updated for too long.
    pub stale: Vec<Stale>,
    pub scratch: Scratch,
    cells: Vec<Cell<'heap>>,
}

/// The outcome of reading a series.
#[derive(PartialEq)]
enum Outcome {
    Shown,
    /// The series has no live contributor.
    Abandoned,
    /// It is an overflow series that was not updated yet.
    Hidden,
    /// Its number belongs to a series of another family by now.
    OtherFamily,
}

impl<'heap> Reader<'heap> {
    pub fn new(
        heap: &'heap Heap,
        entries: Entries<'heap>,
        slots: Vec<SlotView<'heap>>,
        now: f64,
    ) -> Self {
        Reader {
            words: &heap.words,
            entries,
            slots,
            now,
            not_updated_for: 0.0,
            stale: Vec::new(),
            scratch: Scratch::default(),
            cells: Vec::new(),
        }
    }

    /// Reads all series of a family. `next` has their chain.
    pub fn read_family(&mut self, shown: &mut Shown, next: &[u32]) -> Result<()> {
        let series = shown.series;
        shown.family.series.reserve(series.length);
        series
            .numbers(next)
            .try_for_each(|number| self.read(shown, number))
    }

    /// Reads one series of a family, unless its number belongs to another family by now.
    fn read(&mut self, shown: &mut Shown, number: u32) -> Result<()> {
        let entry = self.entries.word(number)?;
        let start = End::of(&shown.family);
        let (mut retries, mut is_first) = (0, true);
        let read = SeriesEntry::read_unchanged(entry, &mut retries, |found| {
            for _ in 0..TRIES {
                if !is_first {
                    start.truncate(&mut shown.family);
                }
                is_first = false;
                self.cells.clear();
                let outcome = self.add(shown, number, found);
                if self.are_bound(number, found.generation) {
                    return Ok((found, outcome?));
                }
            }
            Err(Error::Contended { tries: TRIES })
        })?;
        self.scratch.retries += retries;
        match read {
            Some((_, Outcome::Hidden)) | None => start.truncate(&mut shown.family),
            Some((found, outcome)) => {
                if (shown.may_expire || outcome != Outcome::Shown)
                    && self.is_stale(&shown.spec, number, found, &outcome)?
                {
                    start.truncate(&mut shown.family);
                }
            }
        }
        Ok(())
    }

    /// Whether all cells that were read are still bound. A writer that withdraws alone leaves the entry of the series as it is,
    /// and uses the memory of its cell again.
    #[inline]
    fn are_bound(&self, number: u32, generation: u32) -> bool {
        // Acquire fence: if any word of a cell is newer than its binding, the look below finds the binding gone.
        fence(Ordering::Acquire);
        self.cells.iter().all(|(slot, _)| {
            let word = self.slots[*slot].generation_word(number);
            word.is_some_and(|word| {
                directory::generation_of(word.load(Ordering::Relaxed)) == generation
            })
        })
    }

    /// Adds the series to its family.
    #[inline]
    fn add(&mut self, shown: &mut Shown, number: u32, found: SeriesEntry) -> Result<Outcome> {
        let words = self.words;
        let record = Record::at(words, found.record)?;
        if record.family() != shown.number {
            return Ok(Outcome::OtherFamily);
        }
        for (index, slot) in self.slots.iter_mut().enumerate() {
            if let Some(cell) = slot.cell(words, number, found.generation, shown.shape)? {
                self.cells.push((index, cell));
            }
        }
        // A series without a binding was withdrawn by all its writers. An info is removed when it is withdrawn, and exists
        // before its writer is bound.
        if self.cells.is_empty() && shown.spec.kind != Kind::Info {
            return Ok(Outcome::Shown);
        }
        let start = shown.family.text.len();
        record.read_text(&mut shown.family.text)?;
        if shown.may_expire {
            // Before the value is read: the value has all updates before this, and later ones remove the marks. An overflow
            // series does not expire, because its memory stays reserved.
            self.not_updated_for = match is_overflow(&shown.family.text[start..]) {
                true => 0.0,
                false => self.watch(number, found.generation),
            };
        }
        shown.note_contributors(&self.slots, &self.cells);
        let Shown { family, spec, .. } = shown;
        let (made, shared) = (record.made(), record.shared());
        let mut merge = Merge {
            words,
            slots: &self.slots,
            cells: &self.cells,
            spec,
            labels: start..family.text.len(),
            family,
            made,
            created: if shared > 0.0 && !spec.is_shared() {
                shared
            } else {
                made
            },
            now: self.now,
            scratch: &mut self.scratch,
        };
        if spec.is_shared() {
            merge.add_shared(shared);
        } else if !merge.add_cells()? {
            return Ok(Outcome::Abandoned);
        } else if merge.is_unused_overflow() {
            return Ok(Outcome::Hidden);
        }
        Ok(Outcome::Shown)
    }

    /// Whether the series is stale: without an update for the time of its family, or without a live contributor for
    /// long.
    #[inline(never)]
    fn is_stale(
        &mut self,
        spec: &FamilySpec,
        number: u32,
        found: SeriesEntry,
        outcome: &Outcome,
    ) -> Result<bool> {
        let shared = Record::at(self.words, found.record)?.shared();
        let expires = spec.expire_after > 0.0;
        let longest = match outcome {
            Outcome::OtherFamily | Outcome::Hidden => return Ok(false),
            Outcome::Shown => spec.expire_after,
            Outcome::Abandoned if expires => spec.expire_after.min(ABANDONED_SECONDS),
            Outcome::Abandoned => ABANDONED_SECONDS,
        };
        if spec.kind == Kind::Info {
            // The record of an info has the time of its last change, and the info may have no binding.
            return Ok(self.note_if(self.now - shared > longest, number, found, shared));
        }
        // If series of the family never expire, a gauge is watched from the time without live contributors.
        let seconds = if expires {
            self.not_updated_for
        } else {
            self.watch(number, found.generation)
        };
        Ok(self.note_if(seconds > longest, number, found, shared))
    }

    /// Watches all bindings of a series, and returns for how many seconds none of them has been updated.
    fn watch(&self, number: u32, generation: u32) -> f64 {
        let mut shortest = f64::INFINITY;
        for slot in &self.slots {
            let Some(word) = slot.generation_word(number) else {
                continue;
            };
            // Each of them, so that all count from this scrape on.
            let since = staleness::watch(word, generation, self.now);
            shortest = shortest.min(since.unwrap_or(0.0));
        }
        // A series without a binding is not shown, and never stale.
        if shortest.is_finite() { shortest } else { 0.0 }
    }

    /// Notes a stale series, to be removed once the page is complete.
    fn note_if(&mut self, is_stale: bool, number: u32, entry: SeriesEntry, shared: f64) -> bool {
        if is_stale {
            self.stale.push(Stale {
                number,
                entry,
                shared,
            });
        }
        is_stale
    }
}

/// How much a family held before a series was added.
struct End {
    series: usize,
    text: usize,
    numbers: usize,
    exemplars: usize,
    natives: usize,
}

impl End {
    fn of(family: &Family) -> End {
        End {
            series: family.series.len(),
            text: family.text.len(),
            numbers: family.numbers.len(),
            exemplars: family.exemplars.len(),
            natives: family.natives.len(),
        }
    }

    /// Removes the last added series.
    fn truncate(&self, family: &mut Family) {
        family.series.truncate(self.series);
        family.text.truncate(self.text);
        family.numbers.truncate(self.numbers);
        family.exemplars.truncate(self.exemplars);
        family.natives.truncate(self.natives);
    }
}
