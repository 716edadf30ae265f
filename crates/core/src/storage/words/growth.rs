//! Growth: further segments, and memory behind more of the last one.

use super::Words;
use crate::error::{Error, Result};
use crate::layout::{
    FIRST_SEGMENT_WORDS, MAX_SEGMENTS, Place, WORD, header, locate, segment_length, segment_start,
};
use crate::os::platform;
use crate::os::segment::Segment;
use crate::sync::Ordering;

impl Words {
    /// Puts memory behind at least `words` more words in one segment, and returns the place of the first.
    ///
    /// Only the holder of the label-map lock may call this. The order of the stores makes a death in between harmless: a
    /// segment counts only once it exists, and words only once they have memory.
    pub fn extend(&self, bump: Place, words: u32) -> Result<Place> {
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
        // A generous step that does not fit any more may fit when it is short. The error says what was missing.
        let target = self
            .back(number, reserved, generous)
            .map(|()| generous)
            .or_else(|_| self.back(number, reserved, least).map(|()| least))?;
        // Release: a writer that sees the bound finds the memory.
        self.word(header::RESERVED)?
            .store(target.max(reserved).into(), Ordering::Release);
        Ok(start)
    }

    /// Puts memory behind the words `from..to` of a segment. If it is the next segment, it is made.
    fn back(&self, number: usize, from: Place, to: Place) -> Result<()> {
        let words = |place: Place| (place - segment_start(number)) as usize;
        let length = segment_length(number) as usize;
        if (number as u64) < self.load(header::SEGMENTS)? {
            return match &self.files {
                Some(files) if to > from => self
                    .segment(number)?
                    .reserve(&files.segment(number), words(from)..words(to)),
                _ => Ok(()),
            };
        }
        let made = match &self.files {
            // Members that act as the owner of the heap would refuse a segment of another user.
            Some(files) if self.load(header::OWNER)? != u64::from(platform::user()) => {
                return Err(Error::NotOwned {
                    path: files.segment(0),
                });
            }
            Some(files) => Segment::create(&files.segment(number), length, words(to))?,
            None => Segment::private(length)?,
        };
        self.keep_segments();
        // Only the holder of the lock makes segments, so the cell is empty.
        let _ = self.segments[number].set(made);
        // Release: a process that sees the count finds the segment.
        self.word(header::SEGMENTS)?
            .store(number as u64 + 1, Ordering::Release);
        Ok(())
    }

    /// The bytes with memory behind them. The end of a segment may have none, if it was too short for a block. Where the
    /// system does not tell, or the files were removed, it is counted as well.
    pub fn backed_bytes(&self) -> Result<u64> {
        let bound = self.load(header::RESERVED)?.saturating_mul(WORD as u64);
        let Some(files) = &self.files else {
            return Ok(bound);
        };
        let segments = self.load(header::SEGMENTS)?.min(MAX_SEGMENTS as u64) as usize;
        let backed = (0..segments).map(|number| platform::backed(&files.segment(number)));
        Ok(backed.sum::<Option<u64>>().unwrap_or(bound))
    }
}
