//! Size classes: a free list each.

use crate::error::{Error, Result};
use crate::layout::{LINE, PLACE_BITS};

/// Sizes up to this many words have a class of their own each.
const EXACT: u32 = 16;
/// Sizes up to this number of words are rounded up to even ones.
pub(super) const EVEN: u32 = 64;

/// The size class of a block, and the least words of a block in this class.
///
/// Above [`EVEN`] there are four classes an octave, all multiples of a cache line.
pub(crate) fn size_class(words: u32) -> (u32, u32) {
    if words <= EXACT {
        let words = words.max(1);
        return (words - 1, words);
    }
    if words <= EVEN {
        let words = words.next_multiple_of(2);
        return (EXACT + (words - EXACT) / 2 - 1, words);
    }
    let octave = (words - 1).ilog2();
    let step = 1 << (octave - 2);
    let rounded = words.next_multiple_of(step);
    let quarter = (rounded - (1 << octave)) / step - 1;
    (
        EXACT + (EVEN - EXACT) / 2 + 4 * (octave - EVEN.ilog2()) + quarter,
        rounded,
    )
}

/// The greatest class whose blocks are not longer than `words`, and the least length in it.
pub(super) fn class_within(words: u32) -> (u32, u32) {
    let (class, size) = size_class(words);
    if size <= words {
        return (class, size);
    }
    // The sizes of the class below end where a step above its own size begins.
    let below = if words <= EVEN {
        words - 1
    } else {
        let octave = (words - 1).ilog2();
        words - words % (1 << (octave - 2))
    };
    size_class(below)
}

/// Refuses the length of a corrupt word, for which there is no size class.
pub(super) fn check_length(words: u32) -> Result<()> {
    if words >> PLACE_BITS == 0 {
        return Ok(());
    }
    Err(Error::Corrupt {
        what: "a block is longer than the heap",
    })
}

const _: () = assert!((EVEN >> 2).is_multiple_of(LINE));

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout::{ARENA_SIZE_CLASSES, SIZE_CLASSES};

    #[test]
    fn size_classes_grow_with_the_size_and_hold_it() {
        let mut last = (0, 0);
        for words in 1..20_000 {
            let (class, size) = size_class(words);
            assert!(
                size >= words && size <= words + words / 4 + 1,
                "{words}: {size}"
            );
            assert!(
                class == last.0 && size == last.1
                    || class == last.0 + u32::from(words > 1) && size > last.1
            );
            assert_eq!(size_class(size), (class, size));
            assert!(size <= EVEN || size % LINE == 0);
            last = (class, size);
        }
        assert!(size_class(1 << 22).0 < SIZE_CLASSES);
        assert!(size_class(1100).0 < ARENA_SIZE_CLASSES);
    }

    #[test]
    fn the_class_within_a_size_is_the_greatest_that_fits() {
        for words in 1..20_000 {
            let (class, size) = class_within(words);
            assert!(size <= words, "{words}: {size}");
            let (_, next) = size_class(size + 1);
            assert!(next > words, "{words}: {size}, {next}");
            assert_eq!(size_class(size), (class, size));
        }
    }
}
