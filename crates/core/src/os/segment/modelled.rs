//! Segments as loom's models have them: of words that are loom's, under the same names, in one process.

use crate::error::{Error, Result};
use crate::sync::{AtomicU64, kernel_call, zeroes};
use crate::verification::kernel;

/// As in shared memory.
pub(super) struct Mapping(kernel::Mapping);

impl Mapping {
    /// As in shared memory.
    pub fn create(id: &str, length: usize, _reserved: usize) -> Result<Mapping> {
        kernel_call();
        let words = zeroes(length).ok_or(Error::Full { bytes: 0 })?;
        Ok(Mapping(kernel::make_segment(id, words.into())))
    }

    /// As in shared memory.
    pub fn open(id: &str) -> Result<Mapping> {
        kernel_call();
        kernel::segment(id).map(Mapping).ok_or(Error::NoSuchHeap)
    }

    /// As in shared memory.
    pub fn words(&self) -> (*const AtomicU64, usize) {
        (self.0.as_ptr(), self.0.len())
    }
}
