//! Binding: from a family and labels to the cell that a writer updates, and back.

mod entering;

use crate::catalog::families;
use crate::catalog::registries;
use crate::catalog::series::{self, Bound, SeriesEntry};
use crate::cell;
use crate::error::{Error, Result, SeriesLimit, Shortage};
use crate::layout::{Place, directory as entry, slot};
use crate::membership::writer::Writer;
use crate::model::declaration::FamilySpec;
use crate::model::labels::Labels;
use crate::os::options::Limits;
use crate::storage::directory::{self, Entry};
use crate::storage::{growing_table, shortage};
use crate::sync::{Ordering, fence};

/// The attempts to bind a series that other writers keep removing.
const TRIES: usize = 100;

/// Where a writer updates a series.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Binding {
    /// The first word of the cell.
    pub cell: Place,
    /// The word to compare with `generation` before each update. If it differs, the series must be bound again.
    pub generation_place: Place,
    /// The generation that the cell is bound to.
    pub generation: u32,
}

impl Binding {
    /// The entry of the writer's directory, with cell and generation.
    pub fn entry(&self) -> Place {
        self.generation_place - entry::GENERATION
    }
}

impl Writer {
    /// The number of the registry with that key, made if it is new.
    pub fn registry(&self, key: &str) -> Result<u32> {
        registries::find_or_make(self.heap(), key)
    }

    /// The number of the family with that declaration, which is made if it is new; and whether the declaration conflicts
    /// with another one.
    ///
    /// # Errors
    /// [`Error::BadArgument`] for a declaration that makes no sense; [`Error::Full`] and [`Error::Busy`].
    pub fn declare(&self, spec: &FamilySpec) -> Result<(u32, bool)> {
        let declared = families::declare(self.heap(), spec)?;
        self.set_family_flag(declared.number, self.incarnation())?;
        Ok((declared.number, declared.conflict))
    }

    /// Stores in this writer's directory whether it contributes to a family.
    pub(crate) fn set_family_flag(&self, family: u32, flag: u32) -> Result<()> {
        let root = self.at() + slot::FAMILIES;
        self.change(64, |transaction, arena| {
            let Some(place) = growing_table::entry_or_page(transaction, arena, root, family)?
            else {
                return Ok(None);
            };
            transaction.set(place, u64::from(flag))?;
            Ok(Some(()))
        })
    }

    /// Binds this writer to a series, which is made if it is new. A second call returns the same cell.
    ///
    /// `None`: shared memory is full, a stopped process seems to hold the label-map lock, or the family has reached its
    /// limit. The series is counted as dropped, and the application goes on.
    pub fn bind(&self, family: u32, labels: &Labels) -> Result<Option<Binding>> {
        self.bind_counting(family, labels, false)
    }

    /// As [`Writer::bind`], for a series that was dropped and counted before.
    pub fn bind_again(&self, family: u32, labels: &Labels) -> Result<Option<Binding>> {
        self.bind_counting(family, labels, true)
    }

    fn bind_counting(&self, family: u32, labels: &Labels, again: bool) -> Result<Option<Binding>> {
        match self.bind_or_fail(family, labels) {
            Ok(binding) => {
                if again {
                    // Room for this series means room for other dropped series.
                    shortage::end(self.words())?;
                }
                Ok(Some(binding))
            }
            Err(error) => self.note_shortage(error, again).map(|()| None),
        }
    }

    /// Counts the series that an error is about as dropped; an error that is not about a shortage stays one.
    pub(crate) fn note_shortage(&self, error: Error, again: bool) -> Result<()> {
        let refusal = match &error {
            Error::NoSharedMemory { .. } | Error::NotOwned { .. } => Some(error.to_string()),
            _ => None,
        };
        let limit = match &error {
            Error::Limit(limit) => Some(*limit),
            _ => None,
        };
        let shortage = error.shortage().ok_or(error)?;
        self.shortage.set(Some(shortage));
        self.limit.set(limit);
        *self.refusal.borrow_mut() = refusal;
        shortage::begin(self.words(), shortage, again)
    }

    /// Why the last series that this writer could not make could not be made.
    pub fn last_shortage(&self) -> Option<Shortage> {
        self.shortage.get()
    }

    /// The limit that was reached, if that was the reason.
    pub fn last_limit(&self) -> Option<SeriesLimit> {
        self.limit.get()
    }

    /// The message of the system, if memory was not simply full.
    pub fn last_refusal(&self) -> Option<String> {
        self.refusal.borrow().clone()
    }

    /// The limits for a family. A family without label names has one series for each set of default labels. The limit of the
    /// heap does not hold for it: the series is never one of too many, and no overflow series could count for it.
    pub(crate) fn limits_of(&self, spec: &FamilySpec) -> Limits {
        if spec.label_names.is_empty() {
            return Limits {
                heap: u32::MAX,
                ..self.limits
            };
        }
        self.limits
    }

    fn bind_or_fail(&self, family: u32, labels: &Labels) -> Result<Binding> {
        let heap = self.heap();
        let spec = families::declaration(heap, family)?;
        let limits = self.limits_of(&spec);
        for _ in 0..TRIES {
            let (number, series) = series::series_or_new(heap, family, labels, limits)?;
            match self.bind_to(&spec, number, series) {
                Ok(Some(binding)) => {
                    self.reserve(&spec, labels, binding.cell)?;
                    return Ok(binding);
                }
                Ok(None) => {}
                Err(error) => {
                    if error.is_shortage() {
                        self.discard(number, series)?;
                    }
                    return Err(error);
                }
            }
        }
        Err(Error::Busy)
    }

    /// Removes a series that has no binding. It would keep its memory and its number from other series.
    fn discard(&self, number: u32, series: SeriesEntry) -> Result<()> {
        // There is no need to wait for the lock: the series is not shown, and is found again by its labels.
        let Ok(mut exclusive) = self.heap().try_lock() else {
            return Ok(());
        };
        series::discard_unless(&mut exclusive, number, series, |words| {
            directory::is_bound(words, number, series.generation)
        })?;
        Ok(())
    }

    /// Binds this writer to an existing series. `None`: the series was removed.
    pub(crate) fn bind_to(
        &self,
        spec: &FamilySpec,
        number: u32,
        series: SeriesEntry,
    ) -> Result<Option<Binding>> {
        let words = self.words();
        let entry = match directory::entry(words, self.at(), number)? {
            Some(entry) if entry.generation == series.generation => {
                let cell = words.slice(entry.cell, spec.shape().words)?;
                cell::adopt(words, spec, cell, self.incarnation())?;
                directory::confirm(words, entry)?;
                entry
            }
            last => self.enter(spec, number, series, last)?,
        };
        // SeqCst: the entry was stored before this fence, the table is looked at after it; see directory.rs.
        fence(Ordering::SeqCst);
        match series::is_bound_to(words, number, series)? {
            Bound::Yes => {}
            Bound::No => {
                self.forget(entry)?;
                return Ok(None);
            }
            Bound::Claimed => {
                // Once the lock is free, the series is removed or stays. The claim of a dead holder ends here.
                series::end_claim(&self.heap().lock()?, number)?;
                return Ok(None);
            }
        }
        Ok(Some(Binding {
            cell: entry.cell,
            generation_place: entry.place + entry::GENERATION,
            generation: series.generation,
        }))
    }

    /// Takes this writer's cell out of the count. The cell stays with the series' number for the next use.
    pub(crate) fn forget(&self, entry: Entry) -> Result<()> {
        // Release: children find the word changed, and bind again.
        self.words()
            .word(entry.place + entry::GENERATION)?
            .store(0, Ordering::Release);
        Ok(())
    }

    /// The binding of a series, if this writer has one.
    pub fn find(&self, family: u32, labels: &Labels) -> Result<Option<Binding>> {
        Ok(self.entry_of(family, labels)?.map(|(_, _, entry)| Binding {
            cell: entry.cell,
            generation_place: entry.place + entry::GENERATION,
            generation: entry.generation,
        }))
    }

    /// A series with this writer's entry for it. `None`: this writer is not bound to it. The caller does not hold the lock.
    pub(crate) fn entry_of(
        &self,
        family: u32,
        labels: &Labels,
    ) -> Result<Option<(u32, SeriesEntry, Entry)>> {
        self.with_entry(series::search_series(self.heap(), family, labels)?)
    }

    /// As [`Writer::entry_of`], for a series that was found.
    pub(crate) fn with_entry(
        &self,
        found: Option<(u32, SeriesEntry)>,
    ) -> Result<Option<(u32, SeriesEntry, Entry)>> {
        let Some((number, series)) = found else {
            return Ok(None);
        };
        let entry = directory::entry(self.words(), self.at(), number)?;
        Ok(entry
            .filter(|entry| entry.generation == series.generation)
            .map(|entry| (number, series, entry)))
    }
}
