//! The servers that members of a heap have started. A newcomer finds out that a member has a port, even if the server does
//! not answer.
//!
//! Each server has a number, which stands for its port, its address and its contents together.

use crate::error::Result;
use crate::layout::{header, slot};
use crate::membership::lease::{self, Lease};
use crate::membership::writer::Writer;
use crate::storage::directory;
use crate::storage::heap::Heap;
use crate::storage::table;
use crate::sync::{AtomicU64, Ordering};

/// The word of a slot without a server.
const NONE: u64 = 0;

impl Writer {
    /// Announces a server of this isolate. `false`: the isolate has too many servers already, and this one stays unknown.
    ///
    /// ```
    /// use mpmetrics_core::{HeapOptions, Writer, servers};
    /// let writer = Writer::attach(&HeapOptions::default(), 0)?;
    /// assert!(writer.announce_server(9464)?);
    /// assert!(servers::is_announced(writer.heap(), 9464)?);
    /// # Ok::<(), mpmetrics_core::Error>(())
    /// ```
    pub fn announce_server(&self, server: u64) -> Result<bool> {
        self.replace_server(NONE, server)
    }

    /// Withdraws the announcement of a server.
    pub fn withdraw_server(&self, server: u64) -> Result<()> {
        self.replace_server(server, NONE).map(|_| ())
    }

    fn replace_server(&self, from: u64, to: u64) -> Result<bool> {
        let words = self
            .words()
            .slice(self.at() + slot::SERVERS, slot::MAX_SERVERS)?;
        // Relaxed: the number stands for itself, and only this isolate stores it.
        let found = words
            .iter()
            .find(|word| word.load(Ordering::Relaxed) == from);
        if let Some(word) = found {
            word.store(to, Ordering::Relaxed);
        }
        Ok(found.is_some())
    }
}

/// Whether a live member of the heap has announced that server.
pub fn is_announced(heap: &Heap, server: u64) -> Result<bool> {
    // Relaxed: see above.
    let is_here = |word: &AtomicU64| word.load(Ordering::Relaxed) == server;
    for number in 0..table::count(&heap.words, header::SLOT_COUNT)? {
        let at = directory::slot_place(&heap.words, number)?;
        let words = heap.words.slice(at + slot::SERVERS, slot::MAX_SERVERS)?;
        if server != NONE
            && words.iter().any(is_here)
            && lease::probe(&heap.words, number, at)? != Lease::Free
        {
            return Ok(true);
        }
    }
    Ok(false)
}
