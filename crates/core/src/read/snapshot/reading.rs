//! One series after the other: found, read, and confirmed as unchanged.

use super::merging::{Merge, Merged, Scratch};
use super::shown::Shown;
use super::slots::{Cell, SlotView};
use crate::catalog::series::{Entries, Record, SeriesEntry, TRIES};
use crate::error::{Error, Result};
use crate::model::declaration::FamilySpec;
use crate::model::family::Kind;
use crate::model::labels::is_overflow;
use crate::read::staleness::{self, Stale};
use crate::storage::heap::Heap;
use crate::storage::words::Words;
use crate::sync::{Ordering, fence};

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
        let before = shown.family.series.len();
        for _ in 0..TRIES {
            let found = SeriesEntry::look(entry);
            if !found.is_live() {
                return Ok(());
            }
            self.cells.clear();
            let outcome = self.add(shown, number, found);
            if found.is_still_in(entry) && self.are_bound(found.generation) {
                // An error counts only if no writer has changed the series meanwhile.
                let outcome = outcome?;
                if (shown.may_expire || outcome != Outcome::Shown)
                    && self.is_omitted(&shown.spec, number, found, &outcome)?
                {
                    shown.family.series.truncate(before);
                }
                return Ok(());
            }
            // Only a series refers to text and numbers, so those may stay.
            shown.family.series.truncate(before);
            self.scratch.retries += 1;
        }
        Err(Error::Contended { tries: TRIES })
    }

    /// Whether all cells that were read are still bound. A writer that withdraws alone leaves the entry of the series as it is,
    /// and uses the memory of its cell again.
    #[inline]
    fn are_bound(&self, generation: u32) -> bool {
        // Acquire fence: if any word of a cell is newer than its binding, the look below finds the binding gone.
        fence(Ordering::Acquire);
        self.cells.iter().all(|cell| cell.is_bound(generation))
    }

    /// Adds the series to its family.
    #[inline]
    fn add(&mut self, shown: &mut Shown, number: u32, found: SeriesEntry) -> Result<Outcome> {
        let words = self.words;
        let record = Record::at(words, found.record)?;
        if record.family() != shown.number {
            return Ok(Outcome::OtherFamily);
        }
        for slot in &mut self.slots {
            if let Some(cell) = slot.cell(words, number, found.generation, shown.shape)? {
                self.cells.push(cell);
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
        let is_shared = spec.is_shared();
        let mut merge = Merge {
            words,
            slots: &self.slots,
            cells: &self.cells,
            spec,
            labels: start..family.text.len(),
            family,
            made,
            created: if shared > 0.0 && !is_shared {
                shared
            } else {
                made
            },
            now: self.now,
            scratch: &mut self.scratch,
        };
        if is_shared {
            merge.add_shared(shared);
            return Ok(Outcome::Shown);
        }
        Ok(match merge.add_cells()? {
            Merged::Used => Outcome::Shown,
            Merged::Abandoned => Outcome::Abandoned,
            Merged::Unused if is_overflow(&family.text[start..]) => Outcome::Hidden,
            Merged::Unused => Outcome::Shown,
        })
    }

    /// Whether the series is an overflow series without updates, or stale: without an update for the time of its family, or
    /// without a live contributor for long.
    #[inline(never)]
    fn is_omitted(
        &mut self,
        spec: &FamilySpec,
        number: u32,
        found: SeriesEntry,
        outcome: &Outcome,
    ) -> Result<bool> {
        let shared = Record::at(self.words, found.record)?.shared();
        let expires = spec.expire_after > 0.0;
        let longest = match outcome {
            Outcome::Hidden => return Ok(true),
            Outcome::OtherFamily => return Ok(false),
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
