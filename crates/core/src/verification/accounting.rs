//! The owners of a heap's words: each word has one owner, so nothing leaks and nothing is given away twice.

use crate::layout::{LINE, Place, SIZE_CLASSES, header, locate, segment_length, segment_start};
use crate::storage::allocator::{FREE, before_of, size_class, size_of};
use crate::storage::words::Words;
use std::collections::BTreeSet;

/// The blocks of an allocator, with their owners.
#[derive(Default)]
pub(super) struct Blocks(Vec<(Place, u32, &'static str)>);

impl Blocks {
    /// Notes a block of at least `words` words.
    pub fn add(&mut self, place: Place, words: u32, owner: &'static str) {
        self.0.push((place, words, owner));
    }

    /// Checks the blocks of the heap itself, whose tags hold their lengths. Returns the sum of their words.
    pub fn check_tagged(mut self, words: &Words, problems: &mut Vec<String>) -> crate::Result<u64> {
        self.0.sort_unstable();
        let mut owners = self.0.into_iter().peekable();
        let mut listed = free_of_heap(words, problems)?;
        let (mut used, mut before) = (0, 0);
        let (mut at, bump) = (header::END, words.load_place(header::BUMP)?);
        while at < bump {
            let tag = words.load(at)?;
            let size = size_of(tag);
            let segment = locate(at).0;
            let end = segment_start(segment) + segment_length(segment);
            if size == 0 || size > end - at || before_of(tag) != before {
                problems.push(format!(
                    "the tag at {at} is wrong: {tag:x} behind {before} free words"
                ));
                return Ok(used);
            }
            if tag & FREE != 0 {
                if !listed.remove(&(at, size)) {
                    problems.push(format!("the free block at {at} is in no list"));
                }
                if before > 0 {
                    problems.push(format!("the free block at {at} is behind another one"));
                }
                before = size;
            } else {
                before = 0;
                match owners.peek() {
                    Some((place, least, _)) if *place == at + 1 && *least < size => {
                        used += u64::from(size);
                        owners.next();
                    }
                    // A fence takes the end of a segment.
                    _ if at + size == end => {}
                    _ => problems.push(format!("{size} words leak at {at}")),
                }
            }
            at += size;
        }
        if before > 0 {
            problems.push("the last block is free".to_owned());
        }
        for (place, _, owner) in owners {
            problems.push(format!(
                "{owner} at {place} lies where nothing is allocated"
            ));
        }
        for (place, _) in listed {
            problems.push(format!("the list of free blocks leads to {place}"));
        }
        Ok(used)
    }

    /// Checks the blocks of an arena: they must fill the ranges, except for the gaps by design. The allocator leaves the end
    /// of a range when it takes the next one.
    pub fn check(mut self, ranges: &[(Place, Place)], problems: &mut Vec<String>) {
        for (_, words, _) in &mut self.0 {
            // An arena rounds each length up.
            *words = size_class(*words).1;
        }
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

/// A block that is aligned leaves a gap before it.
fn is_by_design(from: Place, to: Place) -> bool {
    to.is_multiple_of(LINE) && to - from < LINE
}

/// The free blocks of the heap, with their words: in the list of their class, each list marked that has any.
fn free_of_heap(
    words: &Words,
    problems: &mut Vec<String>,
) -> crate::Result<BTreeSet<(Place, u32)>> {
    let mut found = BTreeSet::new();
    for class in 0..SIZE_CLASSES {
        let marks = words.load(header::FREE_CLASSES + class / 64)?;
        let head = words.load_place(header::FREE_LISTS + class)?;
        if (marks >> (class % 64) & 1 != 0) != (head != 0) {
            problems.push(format!("the mark of free list {class} is wrong"));
        }
        let (mut place, mut previous) = (head, 0);
        while place != 0 {
            let size = size_of(words.load(place)?);
            if size_class(size + 1).0 <= class || size_class(size).0 < class {
                problems.push(format!("{size} free words are in list {class}"));
            }
            let link = words.load(place + 1)?;
            if link >> 32 != u64::from(previous) {
                problems.push(format!("the link of the free block at {place} is wrong"));
            }
            if !found.insert((place, size)) {
                problems.push(format!("the free block at {place} is in a list twice"));
                break;
            }
            (previous, place) = (place, link as u32);
        }
    }
    Ok(found)
}

/// The blocks of an arena's free lists.
pub(super) fn free_blocks(
    words: &Words,
    lists: Place,
    classes: u32,
    into: &mut Blocks,
) -> crate::Result<()> {
    // No block is in two lists, so there are fewer blocks than words.
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
