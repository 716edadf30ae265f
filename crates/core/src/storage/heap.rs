//! The list of segments: from places to words, and growth.

mod bytes;
mod growth;
mod opening;
mod part;

pub(crate) use bytes::read_text;
pub(crate) use part::remove_unless_held;

use crate::catalog::declarations::Declarations;
use crate::error::{Error, Result};
use crate::layout::{FIRST_SEGMENT_WORDS, MAX_SEGMENTS, PLACE_BITS, Place, header};
use crate::os::name::{HeapFiles, HeapName};
use crate::os::options::HeapOptions;
use crate::os::segment::Segment;
use crate::read::idle::Idle;
use crate::read::spare::Spares;
use crate::storage::map_lock::MapLock;
use crate::sync::{AtomicF64, AtomicU64, Ordering};
use std::sync::OnceLock;

/// A heap as mapped into this process. Made by [`crate::Writer::attach`] or [`crate::observe`].
pub struct Heap {
    files: Option<HeapFiles>,
    name: Option<HeapName>,
    /// Invariant: a segment, once mapped, stays where it is for as long as the heap lives.
    segments: [OnceLock<Segment>; MAX_SEGMENTS],
    id: u128,
    pub(crate) map_lock: MapLock,
    pub(crate) declarations: Declarations,
    pub(crate) idle: Idle,
    pub(crate) spare: Spares,
    part: part::Part,
}

/// What lies at a place is longer than there is room.
const BEYOND: Error = Error::Corrupt {
    what: "a block reaches beyond its segment",
};

/// The segment that `place` is in, and the index of the word there.
#[inline]
fn locate(place: Place) -> (usize, usize) {
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

impl Heap {
    /// A heap over its first segment, which says more to who has checked its header.
    fn over(options: &HeapOptions, files: Option<HeapFiles>, first: Segment, id: u128) -> Heap {
        let segments = [const { OnceLock::new() }; MAX_SEGMENTS];
        // A new cell is empty.
        let _ = segments[0].set(first);
        let map_lock = MapLock::new(files.as_ref(), options.lock_wait);
        Heap {
            files,
            name: options.name.clone(),
            segments,
            id,
            map_lock,
            declarations: Declarations::default(),
            idle: Idle::default(),
            spare: Spares::default(),
            part: part::Part::default(),
        }
    }

    /// The name the heap is shared under.
    pub fn name(&self) -> Option<&HeapName> {
        self.name.as_ref()
    }

    /// The random number that tells this heap from every other.
    pub fn id(&self) -> u128 {
        self.id
    }

    /// Whether the last writer has left.
    pub fn is_closed(&self) -> bool {
        // Acquire: who sees CLOSED also sees the last writer's counts.
        self.word(header::CLOSED)
            .map_or(true, |word| word.load(Ordering::Acquire) != 0)
    }

    pub(crate) fn files(&self) -> Option<&HeapFiles> {
        self.files.as_ref()
    }

    /// The segment with that number, mapped when it is first asked for.
    #[inline]
    fn segment(&self, number: usize) -> Result<&Segment> {
        match self.segments.get(number).and_then(OnceLock::get) {
            Some(segment) => Ok(segment),
            None => self.map_segment(number),
        }
    }

    /// Apart from the rest, which is on the way of every access.
    #[cold]
    fn map_segment(&self, number: usize) -> Result<&Segment> {
        let Some(cell) = self.segments.get(number) else {
            return Err(Error::Corrupt {
                what: "a place lies beyond the last segment",
            });
        };
        let files = match &self.files {
            Some(files) if (number as u64) < self.load(header::SEGMENTS)? => files,
            _ => {
                return Err(Error::Corrupt {
                    what: "a place lies in a segment that does not exist",
                });
            }
        };
        // The name leads to this heap's or nowhere: no other heap ever has a segment of that name.
        let opened = Segment::open(&files.segment(number), segment_length(number) as usize);
        let opened = opened.map_err(|error| match error {
            Error::NoSuchHeap => Error::Closed,
            other => other,
        })?;
        self.keep_segments();
        Ok(cell.get_or_init(|| opened))
    }

    /// How many words are mapped: no list of blocks that do not overlap has more.
    pub(crate) fn mapped_words(&self) -> u64 {
        let segments = self.segments.iter().filter_map(OnceLock::get);
        segments.map(|segment| segment.words().len() as u64).sum()
    }

    /// The word at `place`.
    #[inline]
    pub(crate) fn word(&self, place: Place) -> Result<&AtomicU64> {
        let (number, index) = locate(place);
        self.segment(number)?
            .words()
            .get(index)
            .ok_or(Error::Corrupt {
                what: "a place lies outside its segment",
            })
    }

    /// The `length` words from `place` on, which all lie in one segment.
    #[inline]
    pub(crate) fn words(&self, place: Place, length: u32) -> Result<&[AtomicU64]> {
        let (number, index) = locate(place);
        let words = self.segment(number)?.words();
        let end = index.saturating_add(length as usize);
        words.get(index..end).ok_or(BEYOND)
    }

    /// As [`Heap::words`], for a length that the compiler knows: it need not look at it again for each word.
    #[inline]
    pub(crate) fn block<const LENGTH: usize>(&self, place: Place) -> Result<&[AtomicU64; LENGTH]> {
        self.words_from(place)?.first_chunk().ok_or(BEYOND)
    }

    /// The words from `place` to the end of its segment: for a block that says itself how long it is.
    #[inline]
    pub(crate) fn words_from(&self, place: Place) -> Result<&[AtomicU64]> {
        let (number, index) = locate(place);
        self.segment(number)?
            .words()
            .get(index..)
            .ok_or(Error::Corrupt {
                what: "a place lies outside its segment",
            })
    }

    /// What is at `place`. Acquire: whoever finds a place in the word also finds what was written there before.
    #[inline]
    pub(crate) fn load(&self, place: Place) -> Result<u64> {
        Ok(self.word(place)?.load(Ordering::Acquire))
    }

    /// What is at `place`, as a place.
    #[inline]
    pub(crate) fn load_place(&self, place: Place) -> Result<Place> {
        as_place(self.load(place)?)
    }

    /// A double at `place`.
    pub(crate) fn load_f64(&self, place: Place) -> Result<f64> {
        // Relaxed: a number stands for itself.
        Ok(self.word(place)?.load_f64(Ordering::Relaxed))
    }

    /// Stores zero in all words of a fresh block but the first, which the transaction that allocates it sets: until it
    /// commits, a block from a free list still holds the link to the next one there.
    pub(crate) fn clear_tail(&self, place: Place, length: u32) -> Result<()> {
        for word in self.words(place, length)?.iter().skip(1) {
            // Relaxed: the block is published later, with Release.
            word.store(0, Ordering::Relaxed);
        }
        Ok(())
    }
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
