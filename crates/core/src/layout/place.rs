//! Places: indexes of words, and the segments in which the words lie.

use crate::error::{Error, Result};

/// The index of a word in the heap.
pub type Place = u32;

/// Bytes in a word.
pub const WORD: usize = 8;
/// Words in segment 0: 64 KiB.
pub const FIRST_SEGMENT_WORDS: u32 = 8192;
/// The most segments there can be: the last one ends below 2^30 words, 8 GiB.
pub const MAX_SEGMENTS: usize = 17;
/// The bits of a place. A word may hold something else above them. A small number can be added to any place that is read from a
/// word without overflow.
pub const PLACE_BITS: u32 = 30;
const _: () = assert!(FIRST_SEGMENT_WORDS as u64 * ((1 << MAX_SEGMENTS) - 1) < 1 << PLACE_BITS);

/// The segment of a place, and the index of the word there.
#[inline]
pub(crate) fn locate(place: Place) -> (usize, usize) {
    let number = (place / FIRST_SEGMENT_WORDS + 1).ilog2() as usize;
    (number, (place - segment_start(number)) as usize)
}

/// The place in a word that holds nothing else.
#[inline]
pub(crate) fn as_place(word: u64) -> Result<Place> {
    if word >> PLACE_BITS == 0 {
        Ok(word as Place)
    } else {
        Err(Error::Corrupt {
            what: "a place is out of bounds",
        })
    }
}

/// The place in the lower half of a word.
#[inline]
pub(crate) fn low_place(word: u64) -> Place {
    word as Place & ((1 << PLACE_BITS) - 1)
}

/// The place in the upper half of a word.
#[inline]
pub(crate) fn high_place(word: u64) -> Place {
    low_place(word >> 32)
}

/// The place of the first word of a segment.
#[inline]
pub(crate) fn segment_start(number: usize) -> Place {
    FIRST_SEGMENT_WORDS * ((1 << number) - 1)
}

/// The place of the first word of the segment that has the word before `end`.
pub(crate) fn start_of_last_segment(end: Place) -> Place {
    segment_start(locate(end.saturating_sub(1)).0)
}

/// How many words a segment has.
pub(crate) fn segment_length(number: usize) -> u32 {
    FIRST_SEGMENT_WORDS << number
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_place_is_in_one_segment() {
        assert_eq!(locate(0), (0, 0));
        assert_eq!(locate(8191), (0, 8191));
        assert_eq!(locate(8192), (1, 0));
        assert_eq!(locate(8192 + 16384), (2, 0));
        for number in 0..MAX_SEGMENTS {
            let start = segment_start(number);
            assert_eq!(locate(start), (number, 0));
            assert_eq!(
                locate(start + segment_length(number) - 1),
                (number, segment_length(number) as usize - 1)
            );
        }
    }
}
