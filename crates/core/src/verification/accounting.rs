//! Every word of a heap belongs to somebody, and to one only: nothing leaks, and nothing is given away twice.

use crate::layout::{LINE, MAX_SEGMENTS, Place, header, segment_start};
use crate::storage::allocator::size_class;
use crate::storage::words::Words;

/// The blocks of an allocator, with who has them.
#[derive(Default)]
pub(super) struct Blocks(Vec<(Place, u32, &'static str)>);

impl Blocks {
    /// Notes a block of at least `words` words; the allocator has rounded them up.
    pub fn add(&mut self, place: Place, words: u32, owner: &'static str) {
        self.0.push((place, size_class(words).1, owner));
    }

    /// How many words they have together.
    pub fn words(&self) -> u64 {
        self.0.iter().map(|(_, words, _)| u64::from(*words)).sum()
    }

    /// Says what is wrong with them: they have to fill the ranges but for the gaps that are there by design. The end of a range is
    /// left when the next one is taken.
    pub fn check(mut self, ranges: &[(Place, Place)], problems: &mut Vec<String>) {
        self.0.sort_unstable();
        for pair in self.0.windows(2) {
            let [(place, words, owner), (next, _, other)] = [pair[0], pair[1]];
            if place + words > next {
                problems.push(format!("{owner} at {place} and {other} at {next} overlap"));
            }
        }
        for (index, (start, end)) in ranges.iter().enumerate() {
            let mut free_from = *start;
            for (place, words, _) in self
                .0
                .iter()
                .filter(|(place, _, _)| (start..end).contains(&place))
            {
                if *place > free_from && !is_by_design(free_from, *place) {
                    problems.push(format!("{} words leak at {free_from}", place - free_from));
                }
                free_from = place + words;
            }
            if free_from < *end && index + 1 == ranges.len() {
                problems.push(format!("{} words leak at {free_from}", end - free_from));
            }
            if free_from > *end {
                problems.push(format!("a block reaches beyond {end}"));
            }
        }
        for (place, _, owner) in self.0 {
            if !ranges
                .iter()
                .any(|(start, end)| (start..end).contains(&&place))
            {
                problems.push(format!(
                    "{owner} at {place} lies where nothing is allocated"
                ));
            }
        }
    }
}

/// A block that is aligned leaves a gap before it, and one that does not fit into the end of a segment begins in the next.
fn is_by_design(from: Place, to: Place) -> bool {
    to.is_multiple_of(LINE) && to - from < LINE
        || (1..MAX_SEGMENTS).any(|segment| to == segment_start(segment))
}

/// The blocks of the free lists.
pub(super) fn free_blocks(
    words: &Words,
    lists: Place,
    classes: u32,
    into: &mut Blocks,
) -> crate::Result<()> {
    // No block is in two lists, so there are fewer than words.
    let mut left = words.load(header::RESERVED)?;
    let mut least = 1;
    loop {
        let (class, size) = size_class(least);
        if class >= classes {
            return Ok(());
        }
        least = size + 1;
        let mut place = words.load_place(lists + class)?;
        while place != 0 && left > 0 {
            into.add(place, size, "a free block");
            place = words.load_place(place)?;
            left -= 1;
        }
    }
}
