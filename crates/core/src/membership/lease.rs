//! The lease of a slot: a locked file. The kernel releases the lock when its holder ends, in whatever way.

use crate::error::{Error, Result};
use crate::layout::{Place, header, journal, slot};
use crate::os::lock::LockFile;
use crate::storage::allocator::Allocator;
use crate::storage::directory;
use crate::storage::growing_table;
use crate::storage::heap::Heap;
use crate::storage::table;
use crate::storage::words::Words;
use crate::sync::{Ordering, yield_now};
use std::time::Duration;

/// How often an adopter tries again when a reader's probe holds a lease for a moment.
const PROBE_PATIENCE: usize = 1000;

/// The longest wait of a newcomer for the probes of other processes.
const LEASE_WAIT: Duration = Duration::from_millis(100);

/// The state of a lease, as the kernel sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lease {
    /// A writer holds it.
    Held,
    /// No writer holds it.
    Free,
    /// Its file was removed or replaced by hand, so nothing is known. The cells of the slot count, and no writer adopts it.
    Lost,
}

/// A slot that this thread holds.
pub(crate) struct TakenSlot {
    pub number: u32,
    pub lease: Option<LockFile>,
    /// See [`slot::INCARNATION`].
    pub incarnation: u32,
    /// Whether it had a holder before.
    pub adopted: bool,
}

/// Takes the first free slot, or a new one. The caller holds the gate.
pub(crate) fn take_slot(heap: &Heap) -> Result<TakenSlot> {
    let words = &heap.words;
    let count = table::count(words, header::SLOT_COUNT)?;
    for number in 0..count {
        let at = directory::slot_place(words, number)?;
        if let Some(lease) = try_adopt(words, number, at)? {
            let incarnation = begin(heap, at)?;
            return Ok(TakenSlot {
                number,
                lease,
                incarnation,
                adopted: true,
            });
        }
    }
    let lease = match words.files() {
        Some(files) => {
            let lease = LockFile::open_or_create(files.lease(count))?;
            if !lease.exclusive_within(LEASE_WAIT, Duration::MAX)? {
                return Err(Error::Corrupt {
                    what: "the lease of a slot that does not exist is held",
                });
            }
            Some(lease)
        }
        None => None,
    };
    let inode = lease.as_ref().map_or(Ok((0, 0)), LockFile::identity)?.1;
    let mut exclusive = heap.lock()?;
    if table::count(words, header::SLOT_COUNT)? != count {
        // The last holder of the lock died while it added a slot. That slot exists now, and can be adopted.
        drop((exclusive, lease));
        return take_slot(heap);
    }
    let mut transaction = exclusive.transaction();
    let at = Allocator::allocate_aligned(&mut transaction, slot::WORDS)?;
    words.clear_tail(at, slot::WORDS)?;
    transaction.set(at + slot::INCARNATION, 1)?;
    // Relaxed: published by the commit.
    words
        .word(at + slot::LEASE_INODE)?
        .store(inode, Ordering::Relaxed);
    words.word(at + slot::HELD)?.store(1, Ordering::Relaxed);
    growing_table::append(&mut transaction, header::SLOT_TABLE, header::SLOT_COUNT, at)?;
    transaction.commit()?;
    Ok(TakenSlot {
        number: count,
        lease,
        incarnation: 1,
        adopted: false,
    })
}

/// Begins a new incarnation of an adopted slot. This must be the first store of the new holder: a scrape takes its lease for
/// a sign that the holder in the slot is alive, and shows the last holder's gauges until then.
fn begin(heap: &Heap, at: Place) -> Result<u32> {
    let word = heap.words.word(at + slot::INCARNATION)?;
    // Relaxed: only the holder of the lease stores this word, and the kernel orders the holders.
    let incarnation = (word.load(Ordering::Relaxed) as u32).wrapping_add(1);
    // Release: the last holder's gauges end before anything of this holder begins.
    word.store(u64::from(incarnation), Ordering::Release);
    // The last holder may have died with the label-map lock, before it changed this slot. Its change must not follow the
    // changes of the next holder, so it is completed first.
    if heap.words.load(header::JOURNAL + journal::SEQUENCE)? & 1 != 0 {
        drop(heap.lock()?);
        word.store(u64::from(incarnation), Ordering::Release);
    }
    Ok(incarnation)
}

/// The lease of a slot without a holder.
fn try_adopt(words: &Words, number: u32, at: Place) -> Result<Option<Option<LockFile>>> {
    let Some(files) = words.files() else {
        // Acquire: pairs with the Release store of a writer that leaves. Release: as for every word that other processes
        // follow. Relaxed on failure: then nothing is read.
        let held = words.word(at + slot::HELD)?.compare_exchange(
            0,
            1,
            Ordering::AcqRel,
            Ordering::Relaxed,
        );
        return Ok(held.is_ok().then_some(None));
    };
    let Some(lease) = LockFile::open(files.lease(number))? else {
        return Ok(None);
    };
    if lease.identity()?.1 != words.load(at + slot::LEASE_INODE)? {
        return Ok(None);
    }
    for _ in 0..PROBE_PATIENCE {
        if lease.try_exclusive()? {
            return Ok(Some(Some(lease)));
        }
        if !lease.try_shared()? {
            return Ok(None);
        }
        // Only readers hold it, for the moment of a probe.
        lease.release();
        yield_now();
    }
    Ok(None)
}

/// Probes whether a writer holds the slot.
pub(crate) fn probe(words: &Words, number: u32, at: Place) -> Result<Lease> {
    let Some(files) = words.files() else {
        let held = words.load(at + slot::HELD)? != 0;
        return Ok(if held { Lease::Held } else { Lease::Free });
    };
    let lease = match LockFile::open(files.lease(number)) {
        Ok(Some(lease)) => lease,
        // No descriptor is free, or this process has given up the rights of the user that made the file: nothing is known.
        Ok(None) | Err(Error::NoSharedMemory { .. } | Error::NotOwned { .. }) => {
            return Ok(Lease::Lost);
        }
        Err(error) => return Err(error),
    };
    if lease.identity()?.1 != words.load(at + slot::LEASE_INODE)? {
        return Ok(Lease::Lost);
    }
    Ok(if lease.try_shared()? {
        Lease::Free
    } else {
        Lease::Held
    })
}
