//! One series after the other: found, read, and found unchanged.

use super::merging::{Cell, Merge, Scratch};
use super::shown::Shown;
use super::slots::SlotView;
use crate::cell::Shape;
use crate::error::{Error, Result};
use crate::family::{Family, Kind, Value};
use crate::hash::{SEED, hash};
use crate::heap::Heap;
use crate::idle::Watch;
use crate::layout::{header, series as record};
use crate::series::{self, SeriesEntry};
use crate::sync::{Ordering, fence};

/// A reader gives up on a series that changes hands this often while it looks.
const TRIES: usize = 1000;
/// A gauge's series that no live writer takes part in is not shown, and goes after so many seconds.
const ABANDONED_SECONDS: f64 = 600.0;
/// The mark of such a series.
const ABANDONED: u64 = 0;

/// A scrape on its way through the series.
pub(super) struct Reader<'heap> {
    pub heap: &'heap Heap,
    pub slots: Vec<SlotView<'heap>>,
    pub families: Vec<Shown>,
    /// For each family's number, where it is in `families`.
    pub places: Vec<Option<usize>>,
    /// The machine's monotonic clock, in seconds.
    pub now: f64,
    pub watch: Watch<'heap>,
    /// The series that have been idle for too long.
    pub over: Vec<(u32, SeriesEntry)>,
    pub scratch: Scratch,
    text: Vec<u8>,
    cells: Vec<Cell>,
}

/// What has become of a series.
#[derive(PartialEq)]
enum Fate {
    Lives,
    /// Nobody alive takes part in it.
    Abandoned,
}

impl<'heap> Reader<'heap> {
    pub fn new(
        heap: &'heap Heap,
        slots: Vec<SlotView<'heap>>,
        (families, places): (Vec<Shown>, Vec<Option<usize>>),
        now: f64,
    ) -> Self {
        Reader {
            heap,
            slots,
            families,
            places,
            now,
            watch: heap.idle.watch(),
            over: Vec::new(),
            scratch: Scratch::default(),
            text: Vec::new(),
            cells: Vec::new(),
        }
    }

    /// Reads one series into its family, unless it is none of those that are shown.
    pub fn read(&mut self, number: u32) -> Result<()> {
        let mut last = Ok(());
        for tries in 0..TRIES {
            self.scratch.retries += u64::from(tries > 0);
            let found = series::series_entry(self.heap, number)?;
            if !found.is_live() {
                return Ok(());
            }
            let read = match self.place_of(found) {
                // A family that was declared after this scrape began, or is not asked for.
                Ok(None) => return Ok(()),
                Ok(Some(place)) => {
                    let start = End::of(&self.families[place].family);
                    let read = self.add(place, number, found);
                    if let Ok(fate) = &read
                        && self.is_unchanged(number, found)?
                    {
                        if self.is_over(place, &start, number, found, fate) {
                            start.truncate(&mut self.families[place].family);
                            self.over.push((number, found));
                        }
                        return Ok(());
                    }
                    start.truncate(&mut self.families[place].family);
                    read.map(|_| ())
                }
                Err(error) => Err(error),
            };
            // What looks like corruption is one only if nobody has changed the series meanwhile; a family that is not known yet is not.
            if read.is_err() && self.is_unchanged(number, found)? {
                let family = self.heap.load(found.record + record::NUMBER)? >> 32;
                let is_new = family >= self.places.len() as u64
                    && family < self.heap.load(header::FAMILY_COUNT)?;
                return if is_new { Ok(()) } else { read };
            }
            last = read;
        }
        last.and(Err(Error::Contended {
            tries: TRIES as u64,
        }))
    }

    /// Where the family of a series is in `families`, if it is shown.
    fn place_of(&self, found: SeriesEntry) -> Result<Option<usize>> {
        let family = (self.heap.load(found.record + record::NUMBER)? >> 32) as usize;
        self.places.get(family).copied().ok_or(Error::Corrupt {
            what: "a series belongs to no family",
        })
    }

    fn is_unchanged(&self, number: u32, found: SeriesEntry) -> Result<bool> {
        // Acquire fence: if anything that was read above is newer than `found`, this look finds the change.
        fence(Ordering::Acquire);
        Ok(series::series_entry(self.heap, number)? == found)
    }

    /// Adds the series to its family.
    fn add(&mut self, place: usize, number: u32, found: SeriesEntry) -> Result<Fate> {
        let heap = self.heap;
        self.cells.clear();
        for (index, slot) in self.slots.iter_mut().enumerate() {
            if let Some((cell, shape)) = slot.cell(heap, number, found.generation)? {
                self.cells.push((index, cell, shape));
            }
        }
        // A series that nobody is bound to was withdrawn by all who had it. An info goes when it is withdrawn, and is there
        // before the one who tells it is bound.
        if self.cells.is_empty() && self.families[place].spec.kind != Kind::Info {
            return Ok(Fate::Lives);
        }
        self.text.clear();
        let length = heap.load(found.record + record::NEXT_AND_LENGTH)? as u32;
        heap.read_bytes(found.record + record::TEXT, length as usize, &mut self.text)?;
        let shown = &mut self.families[place];
        let shape = Shape::of(&shown.spec)?;
        if self.cells.iter().any(|(_, _, found)| *found != shape) {
            return Err(Error::Corrupt {
                what: "a cell has another size than its family",
            });
        }
        shown.note_takers(heap, &self.slots, &self.cells)?;
        let Shown { family, spec, .. } = shown;
        let made = heap.load_f64(found.record + record::CREATED)?;
        let shared = heap.load_f64(found.record + record::SHARED)?;
        let mut merge = Merge {
            heap,
            slots: &self.slots,
            cells: &self.cells,
            spec,
            family,
            labels: std::str::from_utf8(&self.text).map_err(|_| Error::Corrupt {
                what: "a label text is no UTF-8",
            })?,
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
        } else if !merge.add_cells()? && !self.text.is_empty() {
            return Ok(Fate::Abandoned);
        }
        Ok(Fate::Lives)
    }

    /// Whether nothing has happened to the series for as long as its family says, or nobody alive takes part in it for long.
    fn is_over(
        &mut self,
        place: usize,
        start: &End,
        number: u32,
        found: SeriesEntry,
        fate: &Fate,
    ) -> bool {
        let Shown { family, spec, .. } = &self.families[place];
        let (mark, patience) = match fate {
            Fate::Abandoned if spec.expire_after > 0.0 => {
                (ABANDONED, spec.expire_after.min(ABANDONED_SECONDS))
            }
            Fate::Abandoned => (ABANDONED, ABANDONED_SECONDS),
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
