//! One series of a family after the other: found, read, and found unchanged.

use super::merging::{Cell, Merge, Scratch};
use super::shown::Shown;
use super::slots::SlotView;
use crate::error::{Error, Result};
use crate::family::{Family, Kind, Value};
use crate::hash::{SEED, hash};
use crate::heap::Heap;
use crate::idle::Watch;
use crate::layout::{header, series as record};
use crate::series::{Entries, SeriesEntry};
use crate::sync::Ordering;
use crate::table;

/// A reader gives up on a series that changes hands this often while it looks.
pub(super) const TRIES: usize = 1000;
/// A gauge's series that no live writer takes part in is not shown, and goes after so many seconds.
const ABANDONED_SECONDS: f64 = 600.0;
/// The mark of such a series.
const ABANDONED: u64 = 0;

/// A scrape on its way through the series.
pub(super) struct Reader<'heap> {
    pub heap: &'heap Heap,
    /// The table of series as it was when the scrape began.
    pub entries: Entries<'heap>,
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
        slots: Vec<SlotView<'heap>>,
        families: Vec<Shown>,
        now: f64,
    ) -> Result<Self> {
        let count = table::count(heap, header::FAMILY_COUNT)?;
        let mut places = vec![None; count as usize];
        for (place, shown) in families.iter().enumerate() {
            if let Some(known) = places.get_mut(shown.number as usize) {
                *known = Some(place);
            }
        }
        Ok(Reader {
            heap,
            entries: Entries::of(heap)?,
            slots,
            families,
            places,
            now,
            watch: heap.idle.watch(),
            over: Vec::new(),
            scratch: Scratch::default(),
            text: Vec::new(),
            cells: Vec::new(),
        })
    }

    /// Reads all series of the family at `place`.
    pub fn read_family(&mut self, place: usize) -> Result<()> {
        if let [done, next] = &mut self.families[place.saturating_sub(1)..=place] {
            next.family.reuse(&mut done.family);
        }
        let series = std::mem::take(&mut self.families[place].series);
        self.families[place].family.series.reserve(series.len());
        series
            .iter()
            .try_for_each(|number| self.read(place, *number))
    }

    /// Reads one series into the family at `place`, unless it is none of its series any more.
    fn read(&mut self, place: usize, number: u32) -> Result<()> {
        let entry = self.entries.word(number)?;
        for tries in 0..TRIES {
            self.scratch.retries += u64::from(tries > 0);
            let found = SeriesEntry::look(entry);
            if !found.is_live() {
                return Ok(());
            }
            let start = End::of(&self.families[place].family);
            let read = self.add(place, number, found);
            if found.is_unchanged(entry) {
                // What looks like corruption is one only if nobody has changed the series meanwhile.
                if self.is_over(place, &start, number, found, &read?) {
                    start.truncate(&mut self.families[place].family);
                    self.over.push((number, found));
                }
                return Ok(());
            }
            start.truncate(&mut self.families[place].family);
        }
        Err(Error::Contended {
            tries: TRIES as u64,
        })
    }

    /// Adds the series to its family.
    fn add(&mut self, place: usize, number: u32, found: SeriesEntry) -> Result<Fate> {
        let heap = self.heap;
        let shown = &mut self.families[place];
        let fields = heap.words(found.record, record::TEXT)?;
        // Relaxed: whoever calls validates the generation afterwards.
        let field = |word: u32| fields[word as usize].load(Ordering::Relaxed);
        if (field(record::NUMBER) >> 32) as u32 != shown.number {
            return Ok(Fate::Elsewhere);
        }
        self.cells.clear();
        for (index, slot) in self.slots.iter_mut().enumerate() {
            if let Some(cell) = slot.cell(heap, number, found.generation, shown.shape)? {
                self.cells.push((index, cell));
            }
        }
        // A series that nobody is bound to was withdrawn by all who had it. An info goes when it is withdrawn, and is there
        // before the one who tells it is bound.
        if self.cells.is_empty() && shown.spec.kind != Kind::Info {
            return Ok(Fate::Lives);
        }
        self.text.clear();
        let length = field(record::NEXT_AND_LENGTH) as u32;
        heap.read_bytes(found.record + record::TEXT, length as usize, &mut self.text)?;
        shown.note_takers(&self.slots, &self.cells);
        let Shown { family, spec, .. } = shown;
        let made = f64::from_bits(field(record::CREATED));
        let shared = f64::from_bits(field(record::SHARED));
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
