//! The series of one family: a chain through an array that has a number for each series.

/// The numbers of the series of one family.
#[derive(Clone, Copy, Default)]
pub(super) struct Chain {
    first: u32,
    last: u32,
    pub length: usize,
}

impl Chain {
    /// Appends a series. `next` has the following number for each series.
    pub fn push(&mut self, number: u32, next: &mut [u32]) {
        if self.length == 0 {
            self.first = number;
        } else {
            next[self.last as usize] = number;
        }
        self.last = number;
        self.length += 1;
    }

    /// The numbers, in the order of the calls to `push`.
    pub fn numbers(self, next: &[u32]) -> impl Iterator<Item = u32> {
        let mut number = self.first;
        (0..self.length).map(move |index| {
            if index > 0 {
                number = next[number as usize];
            }
            number
        })
    }
}
