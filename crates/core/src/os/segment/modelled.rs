//! Segments as loom's models have them: of words that are loom's, under the same names, in one process.

use super::{Backing, Segment, check_length};
use crate::error::{Error, Result};
use crate::sync::{kernel_call, zeroes};
use crate::verification::kernel::{self, Mapping as Words};

pub(super) type Mapping = Words;

impl Segment {
    /// As in shared memory.
    pub fn create(id: &str, length: usize, _reserved: usize) -> Result<Segment> {
        kernel_call();
        let words = zeroes(length).ok_or(Error::Full { bytes: 0 })?;
        Ok(Segment::of(kernel::make_segment(id, words.into())))
    }

    /// As in shared memory.
    pub fn open(id: &str, length: usize) -> Result<Segment> {
        kernel_call();
        let words = kernel::segment(id).ok_or(Error::NoSuchHeap)?;
        check_length(words.len(), length)?;
        Ok(Segment::of(words))
    }

    fn of(words: Words) -> Segment {
        Segment {
            words: words.as_ptr(),
            length: words.len(),
            _backing: Backing::Shared { _mapping: words },
        }
    }
}
