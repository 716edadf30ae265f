//! One series of a family after the other: found, read, and found unchanged.

use super::merging::{Cell, Merge, Scratch};
use super::shown::Shown;
use super::slots::SlotView;
use crate::catalog::series::{Entries, Record, SeriesEntry};
use crate::error::Result;
use crate::model::declaration::FamilySpec;
use crate::model::family::{Family, Kind};
use crate::read::staleness::{self, Stale};
use crate::storage::heap::Heap;
use crate::storage::words::Words;

/// A gauge's series that no live writer takes part in is not shown, and goes after so many seconds.
const ABANDONED_SECONDS: f64 = 600.0;

/// A scrape on its way through the series.
pub(super) struct Reader<'heap> {
    words: &'heap Words,
    /// The table of series as it was when the scrape began.
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

/// What has become of a series.
#[derive(PartialEq)]
enum Fate {
    Lives,
    /// Nobody alive takes part in it.
    Abandoned,
    /// Its number belongs to a series of another family by now.
    Elsewhere,
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

    /// Reads all series of a family, of which `next` has the chain.
    pub fn read_family(&mut self, shown: &mut Shown, next: &[u32]) -> Result<()> {
        let series = shown.series;
        shown.family.series.reserve(series.length);
        series
            .numbers(next)
            .try_for_each(|number| self.read(shown, number))
    }

    /// Reads one series of a family, unless it is none of its series any more.
    fn read(&mut self, shown: &mut Shown, number: u32) -> Result<()> {
        let entry = self.entries.word(number)?;
        let start = End::of(&shown.family);
        let (mut retries, mut is_first) = (0, true);
        let read = SeriesEntry::read_unchanged(entry, &mut retries, |found| {
            if !is_first {
                start.truncate(&mut shown.family);
            }
            is_first = false;
            Ok((found, self.add(shown, number, found)?))
        })?;
        self.scratch.retries += retries;
        match read {
            Some((found, fate)) => {
                if (shown.may_expire || fate != Fate::Lives)
                    && self.is_stale(&shown.spec, number, found, &fate)?
                {
                    start.truncate(&mut shown.family);
                }
            }
            None => start.truncate(&mut shown.family),
        }
        Ok(())
    }

    /// Adds the series to its family.
    #[inline]
    fn add(&mut self, shown: &mut Shown, number: u32, found: SeriesEntry) -> Result<Fate> {
        let words = self.words;
        let record = Record::at(words, found.record)?;
        if record.family() != shown.number {
            return Ok(Fate::Elsewhere);
        }
        self.cells.clear();
        for (index, slot) in self.slots.iter_mut().enumerate() {
            if let Some(cell) = slot.cell(words, number, found.generation, shown.shape)? {
                self.cells.push((index, cell));
            }
        }
        // A series that nobody is bound to was withdrawn by all who had it. An info goes when it is withdrawn, and is there
        // before the one who tells it is bound.
        if self.cells.is_empty() && shown.spec.kind != Kind::Info {
            return Ok(Fate::Lives);
        }
        if shown.may_expire {
            // Before the value is read: an update after this is told by the marks, one before is in the value.
            self.not_updated_for = self.watch(number, found.generation);
        }
        shown.note_contributors(&self.slots, &self.cells);
        let Shown { family, spec, .. } = shown;
        let (made, shared) = (record.made(), record.shared());
        let start = family.text.len();
        record.read_text(&mut family.text)?;
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
        } else if !merge.add_cells()? && !merge.labels.is_empty() {
            return Ok(Fate::Abandoned);
        }
        Ok(Fate::Lives)
    }

    /// Whether the series was not updated for as long as its family says, or no live writer takes part in it for long.
    #[inline(never)]
    fn is_stale(
        &mut self,
        spec: &FamilySpec,
        number: u32,
        found: SeriesEntry,
        fate: &Fate,
    ) -> Result<bool> {
        let shared = Record::at(self.words, found.record)?.shared();
        let expires = spec.expire_after > 0.0;
        let longest = match fate {
            Fate::Elsewhere => return Ok(false),
            Fate::Lives => spec.expire_after,
            Fate::Abandoned if expires => spec.expire_after.min(ABANDONED_SECONDS),
            Fate::Abandoned => ABANDONED_SECONDS,
        };
        if spec.kind == Kind::Info {
            // An info has the time of its last change in its record, and may be bound by nobody.
            return Ok(self.note_if(self.now - shared > longest, number, found, shared));
        }
        // A gauge of a family whose series never expire is watched from when no live writer takes part in it.
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
        // A series that nobody is bound to is not shown, and no matter of time.
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
}

impl End {
    fn of(family: &Family) -> End {
        End {
            series: family.series.len(),
            text: family.text.len(),
            numbers: family.numbers.len(),
            exemplars: family.exemplars.len(),
        }
    }

    /// Takes back what was added since.
    fn truncate(&self, family: &mut Family) {
        family.series.truncate(self.series);
        family.text.truncate(self.text);
        family.numbers.truncate(self.numbers);
        family.exemplars.truncate(self.exemplars);
    }
}
