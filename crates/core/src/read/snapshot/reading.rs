//! One series of a family after the other: found, read, and found unchanged.

use super::merging::{Cell, Merge, Scratch};
use super::shown::Shown;
use super::slots::SlotView;
use crate::catalog::series::{Entries, Record, SeriesEntry};
use crate::error::Result;
use crate::hash::{SEED, hash};
use crate::model::family::{Family, Kind, Value};
use crate::read::idle::{Idle, Watch};
use crate::storage::heap::Heap;
use crate::storage::words::Words;

/// A gauge's series that no live writer takes part in is not shown, and goes after so many seconds.
const ABANDONED_SECONDS: f64 = 600.0;
/// The mark of such a series.
const ABANDONED: u64 = 0;

/// A scrape on its way through the series.
pub(super) struct Reader<'heap> {
    words: &'heap Words,
    /// The table of series as it was when the scrape began.
    entries: Entries<'heap>,
    pub slots: Vec<SlotView<'heap>>,
    /// The machine's monotonic clock, in seconds.
    now: f64,
    pub watch: Watch<'heap>,
    /// The series that have been idle for too long.
    pub over: Vec<(u32, SeriesEntry)>,
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
            watch: heap.cache::<Idle>().watch(),
            over: Vec::new(),
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
        let (read, retries) = SeriesEntry::read_unchanged(entry, |found| {
            // What an earlier try has added is not what the series is now.
            start.truncate(&mut shown.family);
            Ok((found, self.add(shown, number, found)?))
        })?;
        self.scratch.retries += retries;
        match read {
            Some((found, fate)) => {
                if (shown.may_be_over || fate != Fate::Lives)
                    && self.is_over(shown, &start, number, found, &fate)
                {
                    start.truncate(&mut shown.family);
                    self.over.push((number, found));
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
        shown.note_takers(&self.slots, &self.cells);
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

    /// Whether nothing has happened to the series for as long as its family says, or nobody alive takes part in it for long.
    #[inline(never)]
    fn is_over(
        &mut self,
        shown: &Shown,
        start: &End,
        number: u32,
        found: SeriesEntry,
        fate: &Fate,
    ) -> bool {
        let Shown { family, spec, .. } = shown;
        let (mark, patience) = match fate {
            Fate::Abandoned if spec.expire_after > 0.0 => {
                (ABANDONED, spec.expire_after.min(ABANDONED_SECONDS))
            }
            Fate::Abandoned => (ABANDONED, ABANDONED_SECONDS),
            Fate::Elsewhere => return false,
            Fate::Lives if spec.expire_after > 0.0 => (start.mark(family), spec.expire_after),
            Fate::Lives => {
                if spec.kind == Kind::Gauge {
                    self.watch.forget(number);
                }
                return false;
            }
        };
        self.watch
            .idle_for(number, found.generation, mark, self.now)
            > patience
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

    /// A mark of the values that were added since: another value has another mark. Quantiles, which change as time goes by, don't count.
    fn mark(&self, family: &Family) -> u64 {
        let mark = |mark: u64, number: f64| hash(&number.to_le_bytes(), mark);
        let one = |before: u64, value: &Value| match value {
            Value::Number(number) => mark(before, *number),
            Value::State(state) => mark(before, *state as f64),
            Value::Histogram { sum, counts } => family.numbers[counts.clone()]
                .iter()
                .fold(mark(before, *sum), |before, count| mark(before, *count)),
            Value::Summary { count, sum, .. } => mark(mark(before, *count), *sum),
        };
        let values = family.series[self.series..]
            .iter()
            .map(|series| &series.value);
        values.fold(SEED, one)
    }
}
