//! A heap: its words, the lock of the structure that all writers share, and the declarations that this process has read.

mod opening;

use crate::error::Result;
use crate::layout::header;
use crate::model::declaration::FamilySpec;
use crate::model::partial::PartialReason;
use crate::os::name::HeapName;
use crate::storage::lock::{Exclusive, MapLock};
use crate::storage::words::Words;
use crate::sync::{LocalU64, Ordering};
use std::sync::{Arc, Mutex};

/// A heap as mapped into this process. Made by `Writer::attach` or `observe`.
pub struct Heap {
    pub(crate) words: Words,
    lock: MapLock,
    /// By the number of the family. A declaration never changes, so each is read once.
    pub(crate) declarations: Mutex<Vec<Option<Arc<FamilySpec>>>>,
    name: Option<HeapName>,
    id: u128,
    /// The bits of the reasons that the writers of this process know.
    known_partial: LocalU64,
}

impl Heap {
    /// The name the heap is shared under.
    pub fn name(&self) -> Option<&HeapName> {
        self.name.as_ref()
    }

    /// The random number of this heap, which no other heap has.
    pub fn id(&self) -> u128 {
        self.id
    }

    /// Whether the last writer has left.
    pub fn is_closed(&self) -> bool {
        // Acquire: a reader that sees CLOSED also sees the last writer's counts.
        self.words
            .word(header::CLOSED)
            .map_or(true, |word| word.load(Ordering::Acquire) != 0)
    }

    /// Whether pages of this heap show a part of the application only for that reason, as far as this process knows.
    pub fn is_partial(&self, reason: PartialReason) -> bool {
        match reason {
            PartialReason::RemovedFiles => self.words.is_partial(),
            // Relaxed: the bits stand for themselves.
            _ => self.known_partial.load(Ordering::Relaxed) & reason.bit() != 0,
        }
    }

    /// Notes a reason for all threads of this process.
    pub(crate) fn note_partial(&self, reason: PartialReason) {
        // Relaxed: as above.
        self.known_partial.fetch_or(reason.bit(), Ordering::Relaxed);
    }

    /// Takes the lock of the structure that all writers share. A change that a dead holder has left in the journal is
    /// completed.
    pub(crate) fn lock(&self) -> Result<Exclusive<'_>> {
        self.lock.acquire(&self.words)
    }

    /// As [`Heap::lock`], but without any wait.
    pub(crate) fn try_lock(&self) -> Result<Exclusive<'_>> {
        self.lock.try_acquire(&self.words)
    }
}
