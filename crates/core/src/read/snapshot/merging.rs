//! The sum over the cells of one series.

use super::exemplars::add_exemplars;
use super::slots::{Cell, Process, SlotView};
use crate::cell::native::{NativeCell, TableCopy};
use crate::cell::{self, quantiles::Points};
use crate::error::Result;
use crate::model::declaration::FamilySpec;
use crate::model::escape::{parse_labels, push_label};
use crate::model::family::{Aggregator, Family, Kind, Series, Value};
use crate::model::native_spec::NativeSpec;
use crate::model::sparse::{Sparse, merge};
use crate::storage::words::Words;
use std::ops::Range;

/// The label of the series of `Aggregator::All`.
const PID: &str = "pid";

/// Space that is used again for each series.
#[derive(Default)]
pub(super) struct Scratch {
    copy: Vec<f64>,
    table: TableCopy,
    shares: Vec<Sparse>,
    points: Points,
    /// How many reads were repeated because a writer had changed a cell meanwhile.
    pub retries: u64,
}

/// The state of a series, by its cells.
pub(super) enum Merged {
    /// A writer has updated the series.
    Used,
    /// Counts without any update.
    Unused,
    /// A gauge without a live contributor.
    Abandoned,
}

/// One series, as found in the heap, and where it is to be added.
pub(super) struct Merge<'a> {
    pub words: &'a Words,
    pub slots: &'a [SlotView<'a>],
    pub cells: &'a [Cell<'a>],
    pub spec: &'a FamilySpec,
    pub family: &'a mut Family,
    /// The range of the escaped labels in the family's text.
    pub labels: Range<usize>,
    pub made: f64,
    pub created: f64,
    /// The machine's monotonic clock, in seconds.
    pub now: f64,
    pub scratch: &'a mut Scratch,
}

impl Merge<'_> {
    /// Adds the value that all writers share.
    pub fn add_shared(&mut self, value: f64) {
        let value = match self.spec.kind {
            Kind::Info => Value::Number(1.0),
            // A double that is no state saturates, and has no name when it is written out.
            Kind::Enum => Value::State(value as usize),
            _ => Value::Number(value),
        };
        self.push(value);
    }

    /// Adds the values of the cells.
    pub fn add_cells(&mut self) -> Result<Merged> {
        let is_used = match self.spec.kind {
            Kind::Gauge => return Ok(self.add_gauge()),
            Kind::Histogram => self.add_histogram()?,
            Kind::Summary => self.add_summary()?,
            _ => {
                let mut sum = 0.0;
                for cell in self.cells {
                    sum += cell::counter::read(cell.words);
                }
                self.push(Value::Number(sum));
                sum != 0.0
            }
        };
        if self.spec.exemplars {
            add_exemplars(self.words, self.spec, self.family, self.cells)?;
        }
        Ok(if is_used {
            Merged::Used
        } else {
            Merged::Unused
        })
    }

    #[inline(always)]
    fn push(&mut self, value: Value) {
        self.push_as(self.labels.clone(), value);
    }

    /// Adds the series under these labels. Inlined, so that a number is not moved in the room of a histogram.
    #[inline(always)]
    fn push_as(&mut self, labels: Range<usize>, value: Value) {
        let family = &mut *self.family;
        let exemplars = family.exemplars.len()..family.exemplars.len();
        family.series.push(Series {
            labels,
            made: self.made,
            created: self.created,
            value,
            exemplars,
        });
    }

    /// The labels with the label of a process behind them.
    fn labels_with(&mut self, Process { pid, namespace }: Process) -> Range<usize> {
        let text = &mut self.family.text;
        let start = text.len();
        text.extend_from_within(self.labels.clone());
        if !self.labels.is_empty() {
            text.push(',');
        }
        let mut own = String::new();
        let number = match namespace {
            0 => pid.to_string(),
            _ => format!("{pid}@{namespace}"),
        };
        push_label(PID, &number, &mut own);
        text.push_str(&own);
        start..text.len()
    }

    #[inline(never)]
    fn add_gauge(&mut self) -> Merged {
        let mut contributions: Vec<(Process, f64)> = Vec::with_capacity(self.cells.len());
        let mut expected = false;
        let mut aggregator = self.spec.aggregator;
        for cell in self.cells {
            let slot = &self.slots[cell.slot];
            if slot.counts {
                match cell::gauge::read(cell.words, slot.incarnation) {
                    Some(value) => {
                        contributions.push((slot.process, value));
                        if aggregator == Aggregator::Sum && cell::gauge::is_time(cell.words) {
                            aggregator = Aggregator::Max;
                        }
                    }
                    // A live writer has bound the series, and may set it.
                    None => expected |= cell::gauge::read(cell.words, 0).is_some(),
                }
            }
        }
        let is_live = expected || !contributions.is_empty();
        if aggregator == Aggregator::All
            && parse_labels(&self.family.text[self.labels.clone()])
                .iter()
                .any(|label| label.0 == PID)
        {
            // The labels have a pid already.
            aggregator = Aggregator::Sum;
        }
        if aggregator == Aggregator::All {
            for (process, value) in by_process(contributions) {
                let labels = self.labels_with(process);
                self.push_as(labels, Value::Number(value));
            }
        } else if let Some(value) = aggregate(aggregator, &contributions) {
            self.push(Value::Number(value));
        } else if self.spec.label_names.is_empty() && expected {
            self.push(Value::Number(0.0));
        }
        if is_live {
            Merged::Used
        } else {
            Merged::Abandoned
        }
    }

    /// Returns whether there are any observations.
    fn add_histogram(&mut self) -> Result<bool> {
        let start = self.family.numbers.len();
        self.family
            .numbers
            .resize(start + self.spec.bounds.len() + 1, 0.0);
        let mut sum = 0.0;
        let native = match &self.spec.native {
            Some(native) => Some(self.add_native(native, start, &mut sum)?),
            None => {
                for cell in self.cells {
                    let copied = cell::histogram::read(
                        cell::histogram_words(self.spec, cell.words),
                        &mut self.family.numbers[start..],
                        &mut self.scratch.copy,
                        &mut self.scratch.retries,
                        || Ok(()),
                    )?;
                    sum += copied.sum;
                }
                None
            }
        };
        let counts = start..self.family.numbers.len();
        let is_used = self.family.numbers[start..]
            .iter()
            .any(|count| *count != 0.0);
        self.push(Value::Histogram {
            sum,
            counts,
            native,
        });
        Ok(is_used)
    }

    /// Adds the cells of a native histogram: the classic buckets from `start` on, the sum, and the sparse buckets. Returns the
    /// index of the latter.
    #[inline(never)]
    fn add_native(&mut self, spec: &NativeSpec, start: usize, sum: &mut f64) -> Result<usize> {
        let Scratch {
            copy,
            table,
            shares,
            retries,
            ..
        } = &mut *self.scratch;
        shares.clear();
        for cell in self.cells {
            let cell = NativeCell::new(self.words, cell.words)?;
            let counts = &mut self.family.numbers[start..];
            let copied =
                cell::histogram::read(cell.histogram, counts, copy, retries, || table.take(&cell))?;
            *sum += copied.sum;
            shares.extend(table.sparse(copied.is_under_way)?);
        }
        if shares.is_empty() {
            shares.push(Sparse::new(spec));
        }
        self.family.natives.push(merge(shares));
        Ok(self.family.natives.len() - 1)
    }

    /// Returns whether there are any observations.
    #[inline(never)]
    fn add_summary(&mut self) -> Result<bool> {
        let (mut count, mut sum) = (0.0, 0.0);
        let windows = self.spec.windows;
        let last = if windows > 0 {
            (self.now / self.spec.interval) as u64
        } else {
            0
        };
        let first = last.saturating_add(1).saturating_sub(u64::from(windows));
        let Scratch {
            points, retries, ..
        } = &mut *self.scratch;
        points.clear();
        for cell in self.cells {
            let own = cell::summary::read(cell.words, retries)?;
            (count, sum) = (count + own.0, sum + own.1);
            points.add(self.words, cell.words, windows, first, last)?;
        }
        let start = self.family.numbers.len();
        points.quantiles(&self.spec.bounds, &mut self.family.numbers);
        let quantiles = start..self.family.numbers.len();
        let value = Value::Summary {
            count,
            sum,
            quantiles,
        };
        self.push(value);
        Ok(count != 0.0)
    }
}

/// The sum over the threads of each process.
fn by_process(contributions: Vec<(Process, f64)>) -> Vec<(Process, f64)> {
    let mut processes: Vec<(Process, f64)> = Vec::with_capacity(contributions.len());
    for (pid, value) in contributions {
        match processes.iter_mut().find(|(known, _)| *known == pid) {
            Some((_, sum)) => *sum += value,
            None => processes.push((pid, value)),
        }
    }
    processes
}

/// One value from the contributions of the live writers, in slot order. `None`: no writer has set a value.
fn aggregate(aggregator: Aggregator, contributions: &[(Process, f64)]) -> Option<f64> {
    let values = || contributions.iter().map(|(_, value)| *value);
    let first = values().next()?;
    Some(match aggregator {
        // A NaN of one writer must not vanish behind the numbers of the others.
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
        Aggregator::Average => values().sum::<f64>() / contributions.len() as f64,
        Aggregator::First => first,
        _ => values().sum(),
    })
}
