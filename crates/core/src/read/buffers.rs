//! Memory that one scrape leaves to the next one of this process, whichever thread that is on.
//!
//! A thread of a pool that reads for the first time would have the kernel fetch all of it, page by page.

use crate::model::family::{Exemplar, Family, Series};
use std::mem;
use std::sync::{LazyLock, Mutex, PoisonError};

/// A larger one is given back: whoever has it all the time would pay for one large family for ever.
const KEPT: usize = 4 << 20;

/// What the series of one family lie in, while it is read.
#[derive(Default)]
pub(crate) struct Memory {
    series: Vec<Series>,
    text: String,
    numbers: Vec<f64>,
    exemplars: Vec<Exemplar>,
}

impl Memory {
    /// Has a family that has no series yet put them there.
    pub fn lend(self, family: &mut Family) {
        family.series = self.series;
        family.text = self.text;
        family.numbers = self.numbers;
        family.exemplars = self.exemplars;
    }

    /// Takes the memory of a family, which is left without series.
    pub fn of(family: &mut Family) -> Memory {
        let mut memory = Memory {
            series: mem::take(&mut family.series),
            text: mem::take(&mut family.text),
            numbers: mem::take(&mut family.numbers),
            exemplars: mem::take(&mut family.exemplars),
        };
        memory.series.clear();
        memory.text.clear();
        memory.numbers.clear();
        memory.exemplars.clear();
        memory
    }
}

/// What one scrape leaves to the next one.
#[derive(Default)]
pub(crate) struct Spare {
    pub memory: Memory,
    /// By number: the series that follows in its family.
    pub next: Vec<u32>,
}

impl Spare {
    fn bytes(&self) -> usize {
        let Memory {
            series,
            text,
            numbers,
            exemplars,
        } = &self.memory;
        series.capacity() * size_of::<Series>()
            + text.capacity()
            + numbers.capacity() * size_of::<f64>()
            + exemplars.capacity() * size_of::<Exemplar>()
            + self.next.capacity() * size_of::<u32>()
    }
}

/// What the last scrape of this process has left.
pub(crate) static SPARE: LazyLock<Spares> = LazyLock::new(Spares::default);

/// Where it is left.
#[derive(Default)]
pub(crate) struct Spares(Mutex<Spare>);

impl Spares {
    /// What the last scrape has left, for one; another one at the same time has to make its own.
    pub fn take(&self) -> Spare {
        mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Leaves it to the next one, unless it is too much to keep.
    pub fn put(&self, spare: Spare) {
        if spare.bytes() <= KEPT {
            *self.0.lock().unwrap_or_else(PoisonError::into_inner) = spare;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_left_up_to_a_size() {
        let spares = Spares::default();
        let with = |bytes| Spare {
            next: vec![0; bytes / size_of::<u32>()],
            ..Spare::default()
        };
        spares.put(with(KEPT));
        assert_eq!(spares.take().bytes(), KEPT);
        assert_eq!(spares.take().bytes(), 0);
        spares.put(with(KEPT + 4));
        assert_eq!(spares.take().bytes(), 0);
    }
}
