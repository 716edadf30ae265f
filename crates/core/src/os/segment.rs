//! The words of a segment, and the mapping behind them.

#[cfg(loom)]
#[path = "segment/modelled.rs"]
mod shared;
#[cfg(not(loom))]
mod shared;

use crate::error::{Error, Result};
use crate::layout::WORD;
use crate::os::platform;
use crate::sync::{AtomicU64, zeroes};
use shared::Mapping;
use std::ops::Range;

/// Words that are mapped into this process while the segment lives.
pub(crate) struct Segment {
    words: *const AtomicU64,
    length: usize,
    /// Invariant: keeps `words` mapped.
    _backing: Backing,
}

enum Backing {
    Shared { _mapping: Mapping },
    Private { _words: Box<[AtomicU64]> },
}

// SAFETY: the words are atomics, and a mapping is only kept to be dropped.
unsafe impl Send for Segment {}
// SAFETY: as above; nothing but the words is ever used through a shared reference.
unsafe impl Sync for Segment {}

impl Segment {
    /// Makes a shared segment of `length` words, all zero, with memory behind the first `reserved` of them.
    ///
    /// Only the holder of the gate or of the label-map lock makes segments. An existing segment of that name was left by a
    /// holder that died, and is replaced.
    pub fn create(id: &str, length: usize, reserved: usize) -> Result<Segment> {
        Segment::mapped(Mapping::create(id, length, reserved)?, length)
    }

    /// Maps a shared segment that another process has made.
    pub fn open(id: &str, length: usize) -> Result<Segment> {
        Segment::mapped(Mapping::open(id)?, length)
    }

    fn mapped(mapping: Mapping, length: usize) -> Result<Segment> {
        // The *mapped* length bounds every access; it is read once, here.
        let (words, found) = mapping.words();
        check_length(found, length)?;
        Ok(Segment {
            words,
            length,
            _backing: Backing::Shared { _mapping: mapping },
        })
    }

    /// Words of this process alone, all zero.
    pub fn private(length: usize) -> Result<Segment> {
        let bytes = (length * WORD) as u64;
        let words = zeroes(length).ok_or(Error::Full { bytes })?;
        Ok(Segment {
            words: words.as_ptr(),
            length,
            _backing: Backing::Private { _words: words },
        })
    }

    /// Puts memory behind more words of the shared segment of that name, so that touching them can't fail.
    pub fn reserve(&self, id: &str, words: Range<usize>) -> Result<()> {
        let bytes = (words.start * WORD) as u64..(words.end * WORD) as u64;
        let addresses = self.words().get(words).unwrap_or_default().as_ptr_range();
        platform::reserve(id, bytes, addresses.start.addr()..addresses.end.addr())
    }

    /// All words of the segment.
    #[inline]
    pub fn words(&self) -> &[AtomicU64] {
        // SAFETY: `words` points to `length` mapped words, aligned to a page or a box, that live as long as `self`. Other
        // processes change them only as atomics, or by aligned stores of the same size.
        unsafe { std::slice::from_raw_parts(self.words, self.length) }
    }
}

/// Refuses a segment that was cut off.
pub(crate) fn check_length(found: usize, expected: usize) -> Result<()> {
    if found < expected {
        return Err(Error::Corrupt {
            what: "a segment is shorter than it should be",
        });
    }
    Ok(())
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;
    use crate::sync::Ordering;

    #[test]
    fn two_mappings_of_one_segment_see_the_same_words() {
        let id = format!("mpm.test{}.0", std::process::id());
        let made = Segment::create(&id, 1024, 1024).unwrap();
        let opened = Segment::open(&id, 1024).unwrap();
        made.words()[7].store(42, Ordering::Relaxed);
        assert_eq!(opened.words()[7].load(Ordering::Relaxed), 42);
        assert!(matches!(
            Segment::open(&id, 2048),
            Err(Error::Corrupt { .. })
        ));
        platform::unlink_segment(&id);
        // On Windows, a mapped file keeps its name.
        if cfg!(unix) {
            assert!(matches!(Segment::open(&id, 1024), Err(Error::NoSuchHeap)));
        }
    }

    #[test]
    fn a_segment_without_a_name_can_still_grow() {
        let id = format!("mpm.grown{}.0", std::process::id());
        let made = Segment::create(&id, 1 << 16, 1024).unwrap();
        platform::unlink_segment(&id);
        made.reserve(&id, 1024..1 << 15).unwrap();
        made.words()[(1 << 15) - 1].store(1, Ordering::Relaxed);
    }

    #[test]
    fn a_segment_that_a_dead_holder_has_left_is_replaced() {
        let id = format!("mpm.left{}.1", std::process::id());
        drop(Segment::create(&id, 1024, 1024).unwrap());
        let made = Segment::create(&id, 2048, 2048).unwrap();
        assert_eq!(made.words().len(), 2048);
        platform::unlink_segment(&id);
    }
}
