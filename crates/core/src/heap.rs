//! The list of segments: from places to words, and growth.

use crate::declaration::Declarations;
use crate::error::{Error, Result};
use crate::idle::Idle;
use crate::layout::{
    FIRST_SEGMENT_WORDS, LAYOUT_VERSION, MAGIC, MAX_SEGMENTS, Place, WORD, header,
};
use crate::lock::LockFile;
use crate::map_lock::MapLock;
use crate::name::{HeapFiles, HeapName};
use crate::platform;
use crate::segment::Segment;
use crate::sync::{AtomicF64, AtomicU64, Ordering};
use std::sync::OnceLock;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Which heap is meant, and how patient to be.
#[derive(Clone, Debug)]
pub struct HeapOptions {
    /// The name of a shared heap; `None`: a heap of this process alone.
    pub name: Option<HeapName>,
    /// The id the heap must have, and gets when it is made; `None`: any.
    pub id: Option<u128>,
    /// How long to wait for whoever holds the label map before a new series is dropped.
    pub lock_wait: Duration,
    /// How long to wait at the gate.
    pub gate_wait: Duration,
    /// How many series this writer lets a family have: further ones are dropped, so that a label with too many values does
    /// not take the memory of others.
    pub series_limit: u32,
}

impl Default for HeapOptions {
    fn default() -> Self {
        HeapOptions {
            name: None,
            id: None,
            lock_wait: Duration::from_millis(100),
            gate_wait: Duration::from_secs(5),
            series_limit: 100_000,
        }
    }
}

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
}

/// The segment that `place` is in, and the index of the word there.
#[inline]
fn locate(place: Place) -> (usize, usize) {
    let number = (place / FIRST_SEGMENT_WORDS + 1).ilog2() as usize;
    (number, (place - segment_start(number)) as usize)
}

/// The place of the first word of a segment.
#[inline]
pub(crate) fn segment_start(number: usize) -> Place {
    FIRST_SEGMENT_WORDS * ((1 << number) - 1)
}

/// How many words a segment has.
pub(crate) fn segment_length(number: usize) -> u32 {
    FIRST_SEGMENT_WORDS << number
}

/// Seconds since the Unix epoch.
pub(crate) fn now() -> f64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0.0, |since| since.as_secs_f64())
}

impl Heap {
    /// Makes a heap. The caller holds the gate, and nobody else can have the files open.
    pub(crate) fn create(
        options: &HeapOptions,
        shared: Option<(HeapFiles, &LockFile)>,
        id: u128,
    ) -> Result<Heap> {
        let reserved = FIRST_SEGMENT_WORDS;
        let first = match &shared {
            Some((files, _)) => Segment::create(
                &files.segment(0),
                segment_length(0) as usize,
                reserved as usize,
            )?,
            None => Segment::private(segment_length(0) as usize),
        };
        let gate = shared
            .as_ref()
            .map_or(Ok((0, 0)), |(_, gate)| gate.identity())?;
        let heap = Heap::over(options, shared.map(|(files, _)| files), first, id);
        let map_inode = heap.map_lock.make(heap.files.as_ref())?;
        // Relaxed: READY, stored last with Release, publishes all of it.
        let set = |place: Place, value: u64| {
            heap.word(place)
                .map(|word| word.store(value, Ordering::Relaxed))
        };
        set(header::MAGIC, MAGIC)?;
        set(header::VERSION, LAYOUT_VERSION)?;
        set(header::ID, id as u64)?;
        set(header::ID + 1, (id >> 64) as u64)?;
        set(header::OWNER, u64::from(platform::user()))?;
        set(header::GATE_DEVICE, gate.0)?;
        set(header::GATE_INODE, gate.1)?;
        set(header::MAP_INODE, map_inode)?;
        set(header::CREATED, now().to_bits())?;
        set(header::SEGMENTS, 1)?;
        set(header::BUMP, u64::from(header::END))?;
        set(header::RESERVED, u64::from(reserved))?;
        heap.word(header::READY)?.store(1, Ordering::Release);
        Ok(heap)
    }

    /// Maps a heap that is there, and checks its header. Holding the gate is up to the caller.
    pub(crate) fn open(options: &HeapOptions, files: HeapFiles) -> Result<Heap> {
        let first = Segment::open(&files.segment(0), segment_length(0) as usize)?;
        let mut heap = Heap::over(options, Some(files), first, 0);
        heap.id = heap.check(options)?;
        Ok(heap)
    }

    /// Reads the header once, and compares it with what is expected. Returns the id.
    fn check(&self, options: &HeapOptions) -> Result<u128> {
        // Acquire: pairs with the Release store of READY, so that the rest of the header is there.
        if self.word(header::READY)?.load(Ordering::Acquire) != 1 {
            return Err(Error::NoSuchHeap);
        }
        if self.load(header::MAGIC)? != MAGIC {
            return Err(Error::Corrupt {
                what: "the magic number is wrong, or of a machine of other endianness",
            });
        }
        let found = self.load(header::VERSION)?;
        if found != LAYOUT_VERSION {
            return Err(Error::LayoutMismatch {
                found,
                expected: LAYOUT_VERSION,
            });
        }
        if self.load(header::OWNER)? != u64::from(platform::user()) {
            return Err(Error::NotOwned {
                path: self
                    .files
                    .as_ref()
                    .map_or(String::new(), |files| files.segment(0)),
            });
        }
        let id = u128::from(self.load(header::ID)?) | u128::from(self.load(header::ID + 1)?) << 64;
        if options.id.is_some_and(|expected| expected != id) {
            return Err(Error::IdMismatch);
        }
        Ok(id)
    }

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
        let opened = Segment::open(&files.segment(number), segment_length(number) as usize)?;
        Ok(cell.get_or_init(|| opened))
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
        words.get(index..end).ok_or(Error::Corrupt {
            what: "a block reaches beyond its segment",
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
        Place::try_from(self.load(place)?).map_err(|_| Error::Corrupt {
            what: "a place is out of bounds",
        })
    }

    /// A double at `place`.
    pub(crate) fn load_f64(&self, place: Place) -> Result<f64> {
        // Relaxed: a number stands for itself.
        Ok(self.word(place)?.load_f64(Ordering::Relaxed))
    }

    /// Stores zero in all words of a fresh block but the first, which the transaction that allocates it sets: until it
    /// commits, a block from a free list still holds the link to the next one there.
    pub(crate) fn clear_tail(&self, place: Place, length: u32) -> Result<()> {
        for word in &self.words(place, length)?[1..] {
            // Relaxed: the block is published later, with Release.
            word.store(0, Ordering::Relaxed);
        }
        Ok(())
    }

    /// Writes bytes, eight to a word, into a block that is not published yet.
    pub(crate) fn write_bytes(&self, place: Place, bytes: &[u8]) -> Result<()> {
        let words = self.words(place, bytes.len().div_ceil(WORD) as u32)?;
        for (word, chunk) in words.iter().zip(bytes.chunks(WORD)) {
            let mut value = [0; WORD];
            value[..chunk.len()].copy_from_slice(chunk);
            // Relaxed: as in `clear_tail`.
            word.store(u64::from_le_bytes(value), Ordering::Relaxed);
        }
        Ok(())
    }

    /// Copies `length` bytes out of the heap, behind what is in `into`. They are copied before anybody looks at them: the memory may change.
    pub(crate) fn read_bytes(&self, place: Place, length: usize, into: &mut Vec<u8>) -> Result<()> {
        let words = self.words(
            place,
            u32::try_from(length.div_ceil(WORD)).unwrap_or(u32::MAX),
        )?;
        let start = into.len();
        into.resize(start + words.len() * WORD, 0);
        for (bytes, word) in into[start..].chunks_exact_mut(WORD).zip(words) {
            // Relaxed: the reader validates the block's generation afterwards.
            bytes.copy_from_slice(&word.load(Ordering::Relaxed).to_le_bytes());
        }
        into.truncate(start + length);
        Ok(())
    }

    /// Puts memory behind at least `words` more words that lie in one segment, and returns where they begin.
    ///
    /// Called by the holder of the label-map lock alone. The order of the stores makes a death in between harmless:
    /// a segment counts only once it is there, words only once they have memory.
    pub(crate) fn extend(&self, bump: Place, words: u32) -> Result<Place> {
        let full = || Error::Full {
            bytes: u64::from(words) * WORD as u64,
        };
        let (mut number, index) = locate(bump);
        let mut start = bump;
        if number >= MAX_SEGMENTS || index as u32 + words > segment_length(number) {
            number += usize::from(index > 0);
            while number < MAX_SEGMENTS && segment_length(number) < words {
                number += 1;
            }
            if number >= MAX_SEGMENTS {
                return Err(full());
            }
            start = segment_start(number);
        }
        let end = segment_start(number) + segment_length(number);
        let reserved = self
            .load_place(header::RESERVED)?
            .max(segment_start(number));
        let step = (segment_length(number) / 8).max(FIRST_SEGMENT_WORDS);
        let least = start + words;
        let generous = reserved.saturating_add(step).max(least).min(end);
        // A generous step that does not fit any more may fit when it is short.
        let target = [generous, least]
            .into_iter()
            .find(|target| self.back(number, reserved, *target).is_ok());
        // Release: whoever sees the bound finds the memory.
        self.word(header::RESERVED)?.store(
            target.ok_or_else(full)?.max(reserved).into(),
            Ordering::Release,
        );
        Ok(start)
    }

    /// Puts memory behind the words `from..to` of a segment, which is made if it is the next one.
    fn back(&self, number: usize, from: Place, to: Place) -> Result<()> {
        let words = |place: Place| (place - segment_start(number)) as usize;
        let length = segment_length(number) as usize;
        if (number as u64) < self.load(header::SEGMENTS)? {
            return match &self.files {
                Some(files) if to > from => platform::reserve(
                    &files.segment(number),
                    (words(from) * WORD) as u64,
                    (words(to) * WORD) as u64,
                ),
                _ => Ok(()),
            };
        }
        let made = match &self.files {
            Some(files) => Segment::create(&files.segment(number), length, words(to))?,
            None => Segment::private(length),
        };
        // Only the holder of the lock makes segments, so the cell is empty.
        let _ = self.segments[number].set(made);
        // Release: whoever sees the count finds the segment.
        self.word(header::SEGMENTS)?
            .store(number as u64 + 1, Ordering::Release);
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
