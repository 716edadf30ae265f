//! The buffers of a scrape, which the next scrape of this process uses again, on any thread.
//!
//! In fresh memory, each page would cost a fault.

use crate::model::family::{Exemplar, Family, Series};
use std::mem;
use std::sync::{LazyLock, Mutex, PoisonError};

/// Larger buffers are freed, so that a process does not keep memory for one large family.
const MOST_BYTES: usize = 4 << 20;

/// The series of one family, while it is read.
#[derive(Default)]
pub(crate) struct FamilyBuffers {
    series: Vec<Series>,
    text: String,
    numbers: Vec<f64>,
    exemplars: Vec<Exemplar>,
}

impl FamilyBuffers {
    /// Lends the memory to a family without series.
    pub fn lend(self, family: &mut Family) {
        family.series = self.series;
        family.text = self.text;
        family.numbers = self.numbers;
        family.exemplars = self.exemplars;
    }

    /// Takes the memory of a family, and leaves the family without series.
    pub fn of(family: &mut Family) -> FamilyBuffers {
        let mut memory = FamilyBuffers {
            series: mem::take(&mut family.series),
            text: mem::take(&mut family.text),
            numbers: mem::take(&mut family.numbers),
            exemplars: mem::take(&mut family.exemplars),
        };
        family.natives.clear();
        memory.series.clear();
        memory.text.clear();
        memory.numbers.clear();
        memory.exemplars.clear();
        memory
    }
}

/// The buffers of one scrape.
#[derive(Default)]
pub(crate) struct ScrapeBuffers {
    pub family: FamilyBuffers,
    /// By number: the next series of the same family.
    pub next: Vec<u32>,
}

impl ScrapeBuffers {
    fn bytes(&self) -> usize {
        let FamilyBuffers {
            series,
            text,
            numbers,
            exemplars,
        } = &self.family;
        series.capacity() * size_of::<Series>()
            + text.capacity()
            + numbers.capacity() * size_of::<f64>()
            + exemplars.capacity() * size_of::<Exemplar>()
            + self.next.capacity() * size_of::<u32>()
    }
}

/// The buffers of the last scrape in this process.
pub(crate) static KEPT: LazyLock<Kept> = LazyLock::new(Kept::default);

/// The buffers between two scrapes.
#[derive(Default)]
pub(crate) struct Kept(Mutex<ScrapeBuffers>);

impl Kept {
    /// The buffers of the last scrape. A concurrent scrape gets new ones.
    pub fn take(&self) -> ScrapeBuffers {
        mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Leaves the buffers to the next scrape, unless they are too large.
    pub fn put(&self, buffers: ScrapeBuffers) {
        if buffers.bytes() <= MOST_BYTES {
            *self.0.lock().unwrap_or_else(PoisonError::into_inner) = buffers;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_buffers_are_kept_for_the_next_scrape() {
        let kept = Kept::default();
        let with = |bytes| ScrapeBuffers {
            next: vec![0; bytes / size_of::<u32>()],
            ..ScrapeBuffers::default()
        };
        kept.put(with(MOST_BYTES));
        assert_eq!(kept.take().bytes(), MOST_BYTES);
        assert_eq!(kept.take().bytes(), 0);
        kept.put(with(MOST_BYTES + 4));
        assert_eq!(kept.take().bytes(), 0);
    }
}
