//! A writer: one isolate's slot, its lease, and its arena.
//!
//! A slot belongs to the holder of the lock on its lease file. The kernel releases the lock when the holder ends, in
//! whatever way. The next writer adopts the slot and adds to the same cells, so counters never go backwards, and the peak
//! number of concurrent writers bounds the memory. Adoption first changes the incarnation, which ends the last holder's
//! gauges. Then it completes the last holder's journal.

use crate::clock::now;
use crate::error::{Error, Result, SeriesLimit, Shortage};
use crate::layout::{FIRST_CHUNK_WORDS, MAX_CHUNKS, Place, WORD, control, header, slot};
use crate::membership::gate::{self, Joined};
use crate::membership::lease::{TakenSlot, take_slot};
use crate::os::lock::LockFile;
use crate::os::options::{HeapOptions, Limits};
use crate::os::process;
use crate::storage::allocator::Allocator;
use crate::storage::directory;
use crate::storage::heap::Heap;
use crate::storage::journal::{self, Transaction, Write};
use crate::storage::words::Words;
use crate::sync::{AtomicF64, Ordering, is_dead};
use std::cell::{Cell, RefCell};
use std::sync::Arc;

/// A writer: this thread's slot in a heap. Dropping it leaves the heap.
pub struct Writer {
    heap: Arc<Heap>,
    lease: Option<LockFile>,
    number: u32,
    /// The place of the slot.
    at: Place,
    incarnation: u32,
    /// The list of pending writes, so that it is allocated once.
    writes: RefCell<Vec<Write>>,
    pub(crate) limits: Limits,
    /// Why the last series that could not be made could not be made.
    pub(crate) shortage: Cell<Option<Shortage>>,
    /// See [`Writer::last_limit`].
    pub(crate) limit: Cell<Option<SeriesLimit>>,
    /// See [`Writer::last_refusal`].
    pub(crate) refusal: RefCell<Option<String>>,
    foreign_layout: Option<u64>,
}

/// One chunk of a writer's arena.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Chunk {
    /// The place of its first word.
    pub place: Place,
    /// How many words it has.
    pub words: u32,
    /// Its address in this process, valid while the heap is mapped.
    pub address: *mut u64,
}

impl Writer {
    /// Joins the heap, making it if it is missing, and takes a slot. `thread` is the number of the thread, for display.
    ///
    /// # Errors
    /// Any error of a heap: see [`Error`].
    pub fn attach(options: &HeapOptions, thread: u32) -> Result<Writer> {
        let Joined {
            heap,
            gate,
            foreign_layout,
        } = gate::join(options)?;
        if let Some(reason) = options.partial {
            heap.note_partial(reason);
        }
        let taken = match take_slot(&heap) {
            Ok(taken) => taken,
            Err(error) => {
                gate.abandon(&heap);
                return Err(error);
            }
        };
        gate::keep(&heap, options.keep)?;
        // From now on the lease keeps the heap. After an error below, the writer leaves by the gate.
        drop(gate);
        let mut writer = Writer::start(heap, taken, options.limits(), thread)?;
        writer.foreign_layout = foreign_layout;
        Ok(writer)
    }

    /// Begins to use a slot that this thread has taken.
    pub(crate) fn start(
        heap: Arc<Heap>,
        taken: TakenSlot,
        limits: Limits,
        thread: u32,
    ) -> Result<Writer> {
        let TakenSlot {
            number,
            lease,
            incarnation,
            adopted,
        } = taken;
        let at = directory::slot_place(&heap.words, number)?;
        let fields = heap.words.slice(at, slot::WORDS)?;
        let identity = process::identity();
        // Relaxed: for display, and published by the time below.
        let set = |word: u32, value: u64| fields[word as usize].store(value, Ordering::Relaxed);
        set(slot::PID, u64::from(identity.pid));
        set(slot::PID_NAMESPACE, identity.pid_namespace);
        set(slot::PROCESS_START, identity.start_time);
        set(slot::THREAD, u64::from(thread));
        set(slot::COLLECTORS, 0);
        set(slot::TURNED, 0);
        for server in 0..slot::MAX_SERVERS {
            set(slot::SERVERS + server, 0);
        }
        // Release: a reader that finds the time finds the other fields.
        fields[slot::TAKEN as usize].store_f64(now(), Ordering::Release);
        let writer = Writer {
            heap,
            lease,
            number,
            at,
            incarnation,
            writes: RefCell::default(),
            limits,
            shortage: Cell::default(),
            limit: Cell::default(),
            refusal: RefCell::default(),
            foreign_layout: None,
        };
        if adopted {
            journal::replay(writer.words(), at + slot::JOURNAL)?;
            // Relaxed: a count for display.
            writer
                .words()
                .word(header::ADOPTIONS)?
                .fetch_add(1, Ordering::Relaxed);
        }
        if writer.words().load(at + slot::CHUNK_COUNT)? == 0 {
            writer.add_chunk(0)?;
        }
        Ok(writer)
    }

    /// The heap of this writer.
    pub fn heap(&self) -> &Arc<Heap> {
        &self.heap
    }

    /// The words of the heap.
    pub(crate) fn words(&self) -> &Words {
        &self.heap.words
    }

    /// The number of the slot.
    pub fn slot(&self) -> u32 {
        self.number
    }

    /// How many writers have held the slot, including this one.
    pub fn incarnation(&self) -> u32 {
        self.incarnation
    }

    /// The layout version of another heap of that name, which another version of this library holds. Only the first writer
    /// of a process gets it. The metrics of that heap are not in this one.
    pub fn foreign_layout(&self) -> Option<u64> {
        self.foreign_layout
    }

    /// The place of the slot.
    pub(crate) fn at(&self) -> Place {
        self.at
    }

    /// The chunks of the arena, in order.
    pub fn chunks(&self) -> Result<Vec<Chunk>> {
        let count = self
            .words()
            .load(self.at + slot::CHUNK_COUNT)?
            .min(u64::from(MAX_CHUNKS)) as u32;
        (0..count)
            .map(|number| {
                let (place, words) =
                    slot::chunk(self.words().load(self.at + slot::CHUNKS + number)?);
                let address = self
                    .words()
                    .slice(place, words)?
                    .as_ptr()
                    .cast::<u64>()
                    .cast_mut();
                Ok(Chunk {
                    place,
                    words,
                    address,
                })
            })
            .collect()
    }

    /// Runs a change on the words of this writer, giving the arena another chunk when it needs one.
    ///
    /// `change` is called again from the start after the arena has grown, and returns `None` to ask for that.
    pub(crate) fn change<T>(
        &self,
        least: u32,
        mut change: impl FnMut(&mut Transaction, Allocator) -> Result<Option<T>>,
    ) -> Result<T> {
        let mut writes = self.writes.borrow_mut();
        for _ in 0..=MAX_CHUNKS {
            let mut transaction =
                Transaction::of_writer(self.words(), self.at + slot::JOURNAL, &mut writes);
            if let Some(result) = change(&mut transaction, Allocator::Arena(self.at))? {
                transaction.commit()?;
                return Ok(result);
            }
            self.add_chunk(least)?;
        }
        Err(Error::Full { bytes: 0 })
    }

    /// Gives the arena its next chunk. A chunk with less than `least` words of room is passed over.
    fn add_chunk(&self, least: u32) -> Result<()> {
        let mut exclusive = self.heap.lock()?;
        let number = self.words().load(self.at + slot::CHUNK_COUNT)? as u32;
        if number >= MAX_CHUNKS {
            return Err(Error::Full {
                bytes: u64::from(least) * WORD as u64,
            });
        }
        let most = FIRST_CHUNK_WORDS << number;
        let mut words = most;
        let (mut transaction, place) = loop {
            let mut transaction = exclusive.transaction();
            match Allocator::allocate_aligned(&mut transaction, words) {
                Ok(place) => break (transaction, place),
                // Not a smaller chunk: arenas have few chunks, and memory may become free later.
                Err(Error::Full { .. }) if words > FIRST_CHUNK_WORDS.max(most / 8).max(least) => {
                    words /= 2;
                }
                Err(error) => return Err(error),
            }
        };
        // Cells and tables are cleared when they are allocated. So memory that is never used gets no pages.
        let begin = if number == 0 {
            self.words().clear_tail(place, control::END)?;
            // Relaxed: published by the commit.
            self.words()
                .word(place + control::SPACE_EPOCH)?
                .store(1, Ordering::Relaxed);
            transaction.set(place + control::SENTINEL, control::SENTINEL_VALUE.to_bits())?;
            place + control::END
        } else {
            transaction.set(place, 0)?;
            place
        };
        transaction.set(
            self.at + slot::CHUNKS + number,
            u64::from(place) | u64::from(words) << 32,
        )?;
        transaction.set(self.at + slot::BUMP, u64::from(begin))?;
        transaction.set(self.at + slot::LIMIT, u64::from(place + words))?;
        transaction.set(self.at + slot::CHUNK_COUNT, u64::from(number) + 1)?;
        transaction.commit()
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        if is_dead() {
            return;
        }
        if self.lease.is_none()
            && let Ok(word) = self.words().word(self.at + slot::HELD)
        {
            // Release: the next holder of the slot finds all stores of this writer.
            word.store(0, Ordering::Release);
        }
        gate::leave(&self.heap, self.lease.take());
    }
}
