//! From places to words: the mapped segments of a heap.
//!
//! Every access to shared memory goes through this type, and is checked against the mapped length.

mod growth;
pub(crate) mod part;

use crate::error::{Error, Result};
use crate::layout::{MAX_SEGMENTS, Place, WORD, as_place, header, locate, segment_length};
use crate::os::lock::LockFile;
use crate::os::name::HeapFiles;
use crate::os::segment::Segment;
use crate::storage::bytes::{self, BEYOND};
use crate::sync::{AtomicF64, AtomicU64, Ordering};
use std::sync::OnceLock;

/// The words of a heap, as mapped into this process.
pub(crate) struct Words {
    files: Option<HeapFiles>,
    /// Invariant: a mapped segment stays at its address while the heap lives.
    segments: [OnceLock<Segment>; MAX_SEGMENTS],
    lock_file: OnceLock<LockFile>,
    /// Locked when the heap's other files were removed.
    part_file: OnceLock<LockFile>,
}

/// A place has no word.
const OUTSIDE: Error = Error::Corrupt {
    what: "a place lies outside its segment",
};

impl Words {
    /// The words of a heap whose first segment is mapped. `files` are those of a shared heap.
    pub fn over(files: Option<HeapFiles>, first: Segment) -> Words {
        let segments = [const { OnceLock::new() }; MAX_SEGMENTS];
        // A new cell is empty.
        let _ = segments[0].set(first);
        Words {
            files,
            segments,
            lock_file: OnceLock::new(),
            part_file: OnceLock::new(),
        }
    }

    /// The key of the hash of labels: the heap's random id. No client can choose labels with equal hashes.
    pub fn key(&self) -> Result<u128> {
        // Relaxed in effect: the id never changes once the heap is ready.
        let halves = [self.load(header::ID)?, self.load(header::ID + 1)?];
        Ok(u128::from(halves[0]) | u128::from(halves[1]) << 64)
    }

    /// The files of a shared heap; `None` for a private one.
    pub fn files(&self) -> Option<&HeapFiles> {
        self.files.as_ref()
    }

    /// The open lock file of the label map; `None` in a private heap.
    pub fn lock_file(&self) -> Result<Option<&LockFile>> {
        let Some(files) = &self.files else {
            return Ok(None);
        };
        if let Some(file) = self.lock_file.get() {
            return Ok(Some(file));
        }
        let opened = LockFile::open(files.label_map())?.ok_or(Error::Closed)?;
        if opened.identity()?.1 != self.load(header::MAP_INODE)? {
            // Two files would be two locks.
            return Err(Error::Corrupt {
                what: "the lock file of the label map was replaced",
            });
        }
        Ok(Some(self.lock_file.get_or_init(|| opened)))
    }

    /// The segment of that number, which is mapped at its first use.
    #[inline]
    fn segment(&self, number: usize) -> Result<&Segment> {
        match self.segments.get(number).and_then(OnceLock::get) {
            Some(segment) => Ok(segment),
            None => self.map_segment(number),
        }
    }

    /// Separate from [`Words::segment`], which is part of every access.
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
        // The name leads to this heap's segment or to none: no other heap has ever a segment of that name.
        let opened = Segment::open(&files.segment(number), segment_length(number) as usize);
        let opened = opened.map_err(|error| match error {
            Error::NoSuchHeap => Error::Closed,
            other => other,
        })?;
        self.keep_segments();
        Ok(cell.get_or_init(|| opened))
    }

    /// How many words are mapped. No list of disjoint blocks can be longer.
    pub fn mapped(&self) -> u64 {
        let segments = self.segments.iter().filter_map(OnceLock::get);
        segments.map(|segment| segment.words().len() as u64).sum()
    }

    /// The word at `place`.
    #[inline]
    pub fn word(&self, place: Place) -> Result<&AtomicU64> {
        let (number, index) = locate(place);
        self.segment(number)?.words().get(index).ok_or(OUTSIDE)
    }

    /// The `length` words from `place` on. All of them lie in one segment.
    #[inline]
    pub fn slice(&self, place: Place, length: u32) -> Result<&[AtomicU64]> {
        let (number, index) = locate(place);
        let words = self.segment(number)?.words();
        let end = index.saturating_add(length as usize);
        words.get(index..end).ok_or(BEYOND)
    }

    /// As [`Words::slice`], for a length that the compiler knows: it checks no index again.
    #[inline]
    pub fn block<const LENGTH: usize>(&self, place: Place) -> Result<&[AtomicU64; LENGTH]> {
        self.tail(place)?.first_chunk().ok_or(BEYOND)
    }

    /// The words from `place` to the end of its segment, for a block that holds its own length.
    #[inline]
    pub fn tail(&self, place: Place) -> Result<&[AtomicU64]> {
        let (number, index) = locate(place);
        self.segment(number)?.words().get(index..).ok_or(OUTSIDE)
    }

    /// The value of the word at `place`. Acquire: a reader that finds a place in the word also finds the block behind it.
    #[inline]
    pub fn load(&self, place: Place) -> Result<u64> {
        Ok(self.word(place)?.load(Ordering::Acquire))
    }

    /// The value of the word at `place`, as a place.
    #[inline]
    pub fn load_place(&self, place: Place) -> Result<Place> {
        as_place(self.load(place)?)
    }

    /// The double at `place`.
    pub fn load_f64(&self, place: Place) -> Result<f64> {
        // Relaxed: a number stands for itself.
        Ok(self.word(place)?.load_f64(Ordering::Relaxed))
    }

    /// Stores zero in all words of a fresh block but the first. The transaction that allocates the block sets that one:
    /// until the commit, the first word of a block from a free list is the link to the next block.
    pub fn clear_tail(&self, place: Place, length: u32) -> Result<()> {
        for word in self.slice(place, length)?.iter().skip(1) {
            // Relaxed: the block is published later, with Release.
            word.store(0, Ordering::Relaxed);
        }
        Ok(())
    }

    /// Writes bytes into a block that is not published yet.
    pub fn write_bytes(&self, place: Place, bytes: &[u8]) -> Result<()> {
        let words = self.slice(place, bytes.len().div_ceil(WORD) as u32)?;
        let (whole, rest) = bytes.as_chunks::<WORD>();
        let mut last = [0; WORD];
        last[..rest.len()].copy_from_slice(rest);
        for (word, value) in words.iter().zip(whole.iter().chain([&last])) {
            // Relaxed: the block is published later, with Release.
            word.store(u64::from_le_bytes(*value), Ordering::Relaxed);
        }
        Ok(())
    }

    /// Copies `length` bytes out of the heap, and appends them to `into`.
    pub fn read_bytes(&self, place: Place, length: usize, into: &mut Vec<u8>) -> Result<()> {
        bytes::copy(self.tail(place)?, length, into).map(|_| ())
    }
}
