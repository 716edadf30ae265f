//! The series of one family: a chain through an array that has a number for each series.

/// The numbers of the series of one family.
#[derive(Clone, Copy, Default)]
pub(super) struct Chain {
    first: u32,
    pub length: usize,
}

impl Chain {
    /// Puts a series in front. `next` has the following number for each series.
    pub fn push_front(&mut self, number: u32, next: &mut [u32]) {
        next[number as usize] = self.first;
        self.first = number;
        self.length += 1;
    }

    /// The numbers, from the last call of `push_front` to the first.
    pub fn numbers(self, next: &[u32]) -> impl Iterator<Item = u32> {
        let mut following = self.first;
        (0..self.length).map(move |_| {
            let number = following;
            // Behind the last number stands 0, which is never looked at.
            following = next[number as usize];
            number
        })
    }
}
