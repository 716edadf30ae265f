//! The snapshot: the sum over all slots, as families.
//!
//! Nothing is locked. Each series is read between two looks at its word in the table; when its generation has changed,
//! what was copied is thrown away. A cell counts if the directory it is found in binds it to that generation. Slots
//! are summed up in their order, so the same cells always give the same sum.
//!
//! A series that is removed and made again while a scrape goes on may be met twice, under its old number and its new one:
//! the second is the newer, and the only one that is kept.

use crate::catalog::{self, SeriesEntry};
use crate::cell::summary::Points;
use crate::cell::{self, Shape};
use crate::declaration::FamilySpec;
use crate::directory;
use crate::error::{Error, Result};
use crate::expose::push_label;
use crate::family::{Aggregator, Exemplar, Family, Kind, Series, Value};
use crate::heap::Heap;
use crate::layout::{Place, directory as entry, header, journal, series, slot};
use crate::process;
use crate::sync::{AtomicF64, AtomicU64, Ordering, fence};
use crate::table;
use crate::writer::{self, Lease};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// A reader gives up on a series that changes hands this often while it looks.
const TRIES: usize = 1000;

/// Which families to read.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Registries, any of which the family is in.
    pub registries: Vec<u32>,
    /// Names of families; `None`: all. A histogram is also found by the names of its samples.
    pub names: Option<Vec<String>>,
    /// The machine's monotonic clock in seconds, for the windows of summaries; `None`: as it is.
    pub monotonic: Option<f64>,
}

impl Filter {
    fn admits(&self, spec: &FamilySpec) -> bool {
        let named = |name: &String| {
            let suffix = name.strip_prefix(spec.name.as_str());
            suffix.is_some_and(|suffix| {
                matches!(
                    suffix,
                    "" | "_bucket" | "_sum" | "_count" | "_total" | "_created"
                )
            })
        };
        spec.registries
            .iter()
            .any(|registry| self.registries.contains(registry))
            && self
                .names
                .as_ref()
                .is_none_or(|names| names.iter().any(named))
    }
}

/// A slot as a scrape sees it.
struct SlotView<'heap> {
    at: Place,
    pid: u64,
    incarnation: u32,
    /// Whether its holder is alive, as far as the kernel knows.
    live: bool,
    /// The leaf for the series that was looked at last: series come in order, 64 to a leaf.
    leaf_number: u32,
    leaf: Option<&'heap [AtomicU64]>,
}

impl<'heap> SlotView<'heap> {
    fn of(heap: &'heap Heap, number: u32) -> Result<SlotView<'heap>> {
        let at = directory::slot_place(heap, number)?;
        // The incarnation first: a gauge set by a later one does not count for this scrape.
        let incarnation = heap.load(at + slot::INCARNATION)? as u32;
        let live = writer::probe(heap, number, at)? != Lease::Free;
        let pid = heap.load(at + slot::PID)?;
        Ok(SlotView {
            at,
            pid,
            incarnation,
            live,
            leaf_number: u32::MAX,
            leaf: None,
        })
    }

    /// The cell that this slot has bound to that generation of the series.
    fn cell(
        &mut self,
        heap: &'heap Heap,
        number: u32,
        generation: u32,
    ) -> Result<Option<(Place, Shape)>> {
        let leaf_number = number / entry::LEAF_SERIES;
        if self.leaf_number != leaf_number {
            self.leaf_number = leaf_number;
            self.leaf = match directory::leaf(heap, self.at, number)? {
                Some(leaf) => Some(heap.words(leaf, entry::LEAF_SERIES * entry::ENTRY_WORDS)?),
                None => None,
            };
        }
        let Some(leaf) = self.leaf else {
            return Ok(None);
        };
        let at = directory::offset(number) as usize;
        // Acquire: the cell is there before the generation that makes it count.
        if leaf[at + entry::GENERATION as usize].load(Ordering::Acquire) as u32 != generation {
            return Ok(None);
        }
        let cell = leaf[at + entry::CELL as usize].load(Ordering::Relaxed);
        Ok(Some(directory::cell_of(cell)))
    }
}

/// Reads the families that the filter admits, in the order in which they were declared.
pub fn take(heap: &Heap, filter: &Filter) -> Result<Vec<Family>> {
    let structure = heap.load(header::JOURNAL + journal::SEQUENCE)?;
    let slots = catalog::count(heap, header::SLOT_COUNT)?;
    let mut slots = (0..slots)
        .map(|number| SlotView::of(heap, number))
        .collect::<Result<Vec<_>>>()?;
    let (mut families, shown) = shown_families(heap, filter, &slots)?;
    let mut scratch = Scratch {
        now: filter.monotonic.unwrap_or_else(process::monotonic),
        ..Scratch::default()
    };
    for number in 0..catalog::count(heap, header::SERIES_COUNT)? {
        read_series(
            heap,
            &mut slots,
            &mut families,
            &shown,
            number,
            &mut scratch,
        )?;
    }
    // Acquire fence: if any series that was read above was made since, this look finds the journal moved on.
    fence(Ordering::Acquire);
    if heap.load(header::JOURNAL + journal::SEQUENCE)? != structure {
        families
            .iter_mut()
            .for_each(|shown| keep_last_of_each(&mut shown.family));
    }
    Ok(families.into_iter().map(|shown| shown.family).collect())
}

/// Of series with the same labels, leaves the one that was read last.
fn keep_last_of_each(family: &mut Family) {
    let Family { series, text, .. } = family;
    let mut last = HashMap::with_capacity(series.len());
    for (index, series) in series.iter().enumerate() {
        last.insert(&text[series.labels.clone()], index);
    }
    if last.len() < series.len() {
        let mut index = 0;
        series.retain(|series| {
            index += 1;
            last.get(&text[series.labels.clone()]) == Some(&(index - 1))
        });
    }
}

struct Shown {
    family: Family,
    spec: Arc<FamilySpec>,
}

/// The families to read, and for each family's number where it is in that list.
///
/// Of several declarations of one name, the oldest that a live writer has made is shown, or else the oldest that any writer has made.
fn shown_families(
    heap: &Heap,
    filter: &Filter,
    slots: &[SlotView],
) -> Result<(Vec<Shown>, Vec<Option<usize>>)> {
    let count = catalog::count(heap, header::FAMILY_COUNT)?;
    let mut best: HashMap<String, (bool, u32)> = HashMap::new();
    let mut specs = Vec::with_capacity(count as usize);
    for number in 0..count {
        let spec = heap.declarations.get(heap, number)?;
        if filter.admits(&spec) {
            let mut declared = None;
            for slot in slots {
                let flag = match table::entry(heap, slot.at + slot::FAMILIES, number)? {
                    Some(place) => heap.load(place)? as u32,
                    None => 0,
                };
                if flag != 0 {
                    declared =
                        Some(declared.unwrap_or(false) || slot.live && flag == slot.incarnation);
                }
            }
            if let Some(live) = declared {
                let known = best.entry(spec.name.clone()).or_insert((live, number));
                if live && !known.0 {
                    *known = (live, number);
                }
            }
        }
        specs.push(spec);
    }
    let mut shown = Vec::new();
    let mut places = vec![None; count as usize];
    for (number, spec) in specs.into_iter().enumerate() {
        if best
            .get(&spec.name)
            .is_some_and(|(_, best)| *best == number as u32)
            && spec.aggregator != Aggregator::Omit
        {
            places[number] = Some(shown.len());
            shown.push(Shown {
                family: empty(&spec),
                spec,
            });
        }
    }
    Ok((shown, places))
}

fn empty(spec: &FamilySpec) -> Family {
    Family {
        name: spec.name.clone(),
        help: spec.help.clone(),
        unit: spec.unit.clone(),
        kind: spec.kind,
        aggregator: spec.aggregator,
        label_names: spec.label_names.clone(),
        bounds: spec.bounds.clone(),
        series: Vec::new(),
        text: String::new(),
        numbers: Vec::new(),
        states: spec.states.clone(),
        exemplars: Vec::new(),
    }
}

/// Space that is used again for each series.
#[derive(Default)]
struct Scratch {
    /// The machine's monotonic clock, in seconds.
    now: f64,
    text: Vec<u8>,
    copy: Vec<f64>,
    cells: Vec<(usize, Place, Shape)>,
    points: Points,
}

/// Reads one series into its family, unless it is none of those that are shown.
fn read_series<'heap>(
    heap: &'heap Heap,
    slots: &mut [SlotView<'heap>],
    families: &mut [Shown],
    shown: &[Option<usize>],
    number: u32,
    scratch: &mut Scratch,
) -> Result<()> {
    let mut last = Ok(());
    for _ in 0..TRIES {
        let found = catalog::series_entry(heap, number)?;
        if !found.is_live() {
            return Ok(());
        }
        let family = heap
            .load(found.record + series::NUMBER)
            .map(|word| (word >> 32) as usize);
        let place = family.and_then(|family| {
            shown.get(family).copied().ok_or(Error::Corrupt {
                what: "a series belongs to no family",
            })
        });
        let read = match place {
            // A family that was declared after this scrape began, or is not asked for.
            Ok(None) => return Ok(()),
            Ok(Some(place)) => {
                let shown = &mut families[place];
                let before = (
                    shown.family.series.len(),
                    shown.family.text.len(),
                    shown.family.numbers.len(),
                    shown.family.exemplars.len(),
                );
                let read = add_series(heap, slots, shown, number, found, scratch);
                if read.is_ok() && is_unchanged(heap, number, found)? {
                    return Ok(());
                }
                shown.family.series.truncate(before.0);
                shown.family.text.truncate(before.1);
                shown.family.numbers.truncate(before.2);
                shown.family.exemplars.truncate(before.3);
                read
            }
            Err(error) => Err(error),
        };
        // What looks like corruption is one only if nobody has changed the series meanwhile; a family that is not known yet is not.
        if read.is_err() && is_unchanged(heap, number, found)? {
            let family = heap.load(found.record + series::NUMBER)? >> 32;
            return if family < heap.load(header::FAMILY_COUNT)? && family >= shown.len() as u64 {
                Ok(())
            } else {
                read
            };
        }
        last = read;
    }
    last.and(Err(Error::Contended {
        tries: TRIES as u64,
    }))
}

fn is_unchanged(heap: &Heap, number: u32, found: SeriesEntry) -> Result<bool> {
    // Acquire fence: if anything that was read above is newer than `found`, this look finds the change.
    fence(Ordering::Acquire);
    Ok(catalog::series_entry(heap, number)? == found)
}

fn add_series<'heap>(
    heap: &'heap Heap,
    slots: &mut [SlotView<'heap>],
    shown: &mut Shown,
    number: u32,
    found: SeriesEntry,
    scratch: &mut Scratch,
) -> Result<()> {
    let Scratch {
        now,
        text,
        copy,
        cells,
        points,
    } = scratch;
    cells.clear();
    for (index, slot) in slots.iter_mut().enumerate() {
        if let Some((cell, words)) = slot.cell(heap, number, found.generation)? {
            cells.push((index, cell, words));
        }
    }
    // A series that nobody is bound to was withdrawn by all who had it.
    if cells.is_empty() {
        return Ok(());
    }
    text.clear();
    let length = heap.load(found.record + series::NEXT_AND_LENGTH)? as u32;
    heap.read_bytes(found.record + series::TEXT, length as usize, text)?;
    let created = heap.load_f64(found.record + series::CREATED)?;
    let labels = std::str::from_utf8(text).map_err(|_| Error::Corrupt {
        what: "a label text is no UTF-8",
    })?;
    let Shown { family, spec } = shown;
    let shape = Shape::of(spec)?;
    if cells.iter().any(|(_, _, found)| *found != shape) {
        return Err(Error::Corrupt {
            what: "a cell has another size than its family",
        });
    }
    let push = |family: &mut Family, pid: Option<u64>, value: Value| {
        let start = family.text.len();
        family.text.push_str(labels);
        if let Some(pid) = pid {
            if !labels.is_empty() {
                family.text.push(',');
            }
            let mut own = String::new();
            push_label("pid", &pid.to_string(), &mut own);
            family.text.push_str(&own);
        }
        let exemplars = family.exemplars.len()..family.exemplars.len();
        family.series.push(Series {
            labels: start..family.text.len(),
            created,
            value,
            exemplars,
        });
    };
    if spec.is_shared() {
        let value = heap.load_f64(found.record + series::SHARED)?;
        push(
            family,
            None,
            match spec.kind {
                Kind::Info => Value::Number(1.0),
                // A double that is no state saturates, and has no name when it is written out.
                Kind::Enum => Value::State(value as usize),
                _ => Value::Number(value),
            },
        );
        return Ok(());
    }
    let words = |cell: Place| heap.words(cell, shape.words);
    match spec.kind {
        Kind::Gauge => {
            let mut shares: Vec<(u64, f64)> = Vec::with_capacity(cells.len());
            for (index, cell, _) in cells.iter() {
                let slot = &slots[*index];
                if let Some(value) =
                    cell::gauge::read(words(*cell)?, slot.incarnation).filter(|_| slot.live)
                {
                    shares.push((slot.pid, value));
                }
            }
            if spec.aggregator == Aggregator::All {
                by_process(shares)
                    .into_iter()
                    .for_each(|(pid, value)| push(family, Some(pid), Value::Number(value)));
            } else if let Some(value) = aggregate(spec.aggregator, &shares) {
                push(family, None, Value::Number(value));
            } else if spec.label_names.is_empty() {
                push(family, None, Value::Number(0.0));
            }
        }
        Kind::Histogram => {
            let start = family.numbers.len();
            family.numbers.resize(start + spec.bounds.len() + 1, 0.0);
            let mut sum = 0.0;
            for (_, cell, _) in cells.iter() {
                let words = cell::histogram_words(spec, words(*cell)?);
                sum += cell::histogram::read(words, &mut family.numbers[start..], copy)?;
            }
            let counts = start..family.numbers.len();
            push(family, None, Value::Histogram { sum, counts });
        }
        Kind::Summary => {
            let (mut count, mut sum) = (0.0, 0.0);
            points.clear();
            let last = if spec.windows > 0 {
                (*now / spec.interval) as u64
            } else {
                0
            };
            for (_, cell, _) in cells.iter() {
                let words = words(*cell)?;
                let (own_count, own_sum) = cell::summary::read(words)?;
                (count, sum) = (count + own_count, sum + own_sum);
                points.add(
                    heap,
                    words,
                    spec.windows,
                    (last + 1).saturating_sub(u64::from(spec.windows)),
                    last,
                )?;
            }
            let start = family.numbers.len();
            points.quantiles(&spec.bounds, &mut family.numbers);
            let quantiles = start..family.numbers.len();
            push(
                family,
                None,
                Value::Summary {
                    count,
                    sum,
                    quantiles,
                },
            );
        }
        _ => {
            let mut sum = 0.0;
            for (_, cell, _) in cells.iter() {
                sum += cell::counter::read(words(*cell)?);
            }
            push(family, None, Value::Number(sum));
        }
    }
    if spec.exemplars {
        add_exemplars(heap, family, cells)?;
    }
    Ok(())
}

/// Adds the newest exemplar of each bucket to the series that was read last.
fn add_exemplars(heap: &Heap, family: &mut Family, cells: &[(usize, Place, Shape)]) -> Result<()> {
    let mut newest: BTreeMap<u32, cell::exemplar::Copy> = BTreeMap::new();
    for (_, cell, shape) in cells {
        cell::extension::for_each(heap, heap.words(*cell, shape.words)?, |body, bucket, _| {
            if let Some(copy) = cell::exemplar::read(heap, body)?
                && newest
                    .get(&bucket)
                    .is_none_or(|known| known.timestamp <= copy.timestamp)
            {
                newest.insert(bucket, copy);
            }
            Ok(())
        })?;
    }
    let start = family.exemplars.len();
    for (bucket, copy) in newest {
        let text = family.text.len();
        family.text.push_str(&copy.text);
        let labels = text..family.text.len();
        let exemplar = Exemplar {
            bucket: bucket as usize,
            labels,
            value: copy.value,
            timestamp: copy.timestamp,
        };
        family.exemplars.push(exemplar);
    }
    if let Some(series) = family.series.last_mut() {
        series.exemplars = start..family.exemplars.len();
    }
    Ok(())
}

/// One share a process: the sum over its threads.
fn by_process(shares: Vec<(u64, f64)>) -> Vec<(u64, f64)> {
    let mut processes: Vec<(u64, f64)> = Vec::with_capacity(shares.len());
    for (pid, value) in shares {
        match processes.iter_mut().find(|(known, _)| *known == pid) {
            Some((_, sum)) => *sum += value,
            None => processes.push((pid, value)),
        }
    }
    processes
}

/// One value out of the shares of the live writers, in slot order; `None` when nobody has set any.
fn aggregate(aggregator: Aggregator, shares: &[(u64, f64)]) -> Option<f64> {
    let values = || shares.iter().map(|(_, value)| *value);
    let first = values().next()?;
    Some(match aggregator {
        // A NaN that one writer has set must not vanish behind the others' numbers.
        Aggregator::Min => values().fold(first, |least, value| {
            if value.is_nan() || value < least {
                value
            } else {
                least
            }
        }),
        Aggregator::Max => values().fold(first, |most, value| {
            if value.is_nan() || value > most {
                value
            } else {
                most
            }
        }),
        Aggregator::Average => values().sum::<f64>() / shares.len() as f64,
        Aggregator::First => first,
        _ => values().sum(),
    })
}

/// Counts of a heap, for display.
#[derive(Clone, Debug, PartialEq)]
pub struct HeapInfo {
    /// How many segments there are.
    pub segments: u64,
    /// Bytes that have memory behind them.
    pub bytes: u64,
    /// Bytes that are allocated.
    pub used_bytes: u64,
    /// Series now.
    pub series: u64,
    /// Declarations so far.
    pub families: u64,
    /// Slots taken over from dead writers so far.
    pub adoptions: u64,
    /// Declarations that met a different one of the same name.
    pub conflicts: u64,
    /// Series that could not be made.
    pub dropped_series: u64,
    /// All slots, in order.
    pub writers: Vec<WriterInfo>,
}

/// A slot, for display.
#[derive(Clone, Debug, PartialEq)]
pub struct WriterInfo {
    /// The number of the slot.
    pub slot: u32,
    /// Whether somebody holds it.
    pub live: bool,
    /// How many writers have held it.
    pub incarnation: u32,
    /// The last holder's process.
    pub pid: u32,
    /// The last holder's thread, 0 for the main one.
    pub thread: u32,
    /// When the last holder took it, seconds since the epoch.
    pub taken: f64,
}

/// What there is to say of a heap.
pub fn info(heap: &Heap) -> Result<HeapInfo> {
    let writers = (0..catalog::count(heap, header::SLOT_COUNT)?)
        .map(|number| {
            let view = SlotView::of(heap, number)?;
            Ok(WriterInfo {
                slot: number,
                live: view.live,
                incarnation: view.incarnation,
                pid: view.pid as u32,
                thread: heap.load(view.at + slot::THREAD)? as u32,
                taken: heap
                    .word(view.at + slot::TAKEN)?
                    .load_f64(Ordering::Relaxed),
            })
        })
        .collect::<Result<Vec<_>>>()?;
    Ok(HeapInfo {
        segments: heap.load(header::SEGMENTS)?,
        bytes: heap.load(header::RESERVED)? * 8,
        used_bytes: heap.load(header::USED)? * 8,
        series: heap.load(header::SERIES_LIVE)?,
        families: heap.load(header::FAMILY_COUNT)?,
        adoptions: heap.load(header::ADOPTIONS)?,
        conflicts: heap.load(header::CONFLICTS)?,
        dropped_series: heap.load(header::DROPPED_SERIES)?,
        writers,
    })
}
