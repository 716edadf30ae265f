//! The processes of the application, with a record each, so that their CPU time never goes back.
//!
//! Who asks reads the kernel's figures of all processes that hold a slot; nobody has to report anything, and who leaves in good
//! order does so once. A record remembers the most CPU time that was seen of its process. When the process is gone, that goes
//! to the total of those that are gone, and the record is free for another one: there are as many as processes at the same
//! time, at most. That happens when somebody asks, and also when a process comes for which there is no free record: nobody
//! may ever ask.
//!
//! The kernel is asked only about processes of the asker's own pid namespace: a pid says nothing in another one. The CPU
//! time that was seen of the others by their own kind counts all the same.
//!
//! Records change only under the lock of the label map, so an asker that was stopped in between can't give one process
//! the figures of another.

use crate::error::{Error, Result};
use crate::layout::{Place, header, process as record, slot};
use crate::membership::lease::{self, Lease};
use crate::os::process::{self, Identity, Usage};
use crate::storage::allocator::Allocator;
use crate::storage::directory;
use crate::storage::heap::Heap;
use crate::storage::map_lock::Exclusive;
use crate::storage::table;
use crate::sync::{AtomicF64, Ordering};

/// What the processes of an application use together.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Processes {
    /// CPU time in the programs' own code, in seconds, that of processes that are gone included: it never goes back.
    pub user_seconds: f64,
    /// CPU time in the kernel, likewise.
    pub system_seconds: f64,
    /// Those that are attached now, and visible from here.
    pub attached: Vec<Attached>,
}

/// A process that is attached to the heap.
#[derive(Clone, Debug, PartialEq)]
pub struct Attached {
    /// Its number.
    pub pid: u32,
    /// What it uses.
    pub usage: Usage,
}

/// A record, as it was read.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Record {
    number: u32,
    place: Place,
    pid: u32,
    pid_namespace: u64,
    start: u64,
}

impl Record {
    fn read(heap: &Heap, number: u32) -> Result<Record> {
        let entry = table::entry(heap, header::PROCESS_TABLE, number)?;
        let place = heap.load_place(entry.ok_or(Error::Corrupt {
            what: "a process is missing from its table",
        })?)?;
        Ok(Record {
            number,
            place,
            pid: heap.load(place + record::PID)? as u32,
            pid_namespace: heap.load(place + record::PID_NAMESPACE)?,
            start: heap.load(place + record::START)?,
        })
    }

    fn all(heap: &Heap) -> Result<Vec<Record>> {
        (0..table::count(heap, header::PROCESS_COUNT)?)
            .map(|number| Record::read(heap, number))
            .collect()
    }

    fn is_of(&self, identity: &Identity) -> bool {
        (self.pid, self.pid_namespace, self.start)
            == (identity.pid, identity.pid_namespace, identity.start_time)
    }

    /// Whether the process has ended, of a record that no slot refers to. `own` is the asker's pid namespace: of others,
    /// only their slots say anything.
    fn is_gone(&self, own: u64) -> bool {
        self.pid_namespace != own
            || process::identity_of(self.pid).is_none_or(|found| !self.is_of(&found))
    }

    /// Raises the CPU time to what was seen. The caller holds the lock.
    fn raise(&self, heap: &Heap, usage: &Usage) -> Result<()> {
        for (word, seconds) in [
            (record::USER, usage.cpu_user_seconds),
            (record::SYSTEM, usage.cpu_system_seconds),
        ] {
            let word = heap.word(self.place + word)?;
            // Relaxed: a number that stands for itself, and has one writer at a time.
            let known = word.load_f64(Ordering::Relaxed);
            word.store_f64(known.max(seconds), Ordering::Relaxed);
        }
        Ok(())
    }
}

/// Enters this process, which holds the slot at `at`, unless it is entered already; and the record in the slot.
pub(crate) fn enroll(heap: &Heap, at: Place, identity: &Identity) -> Result<()> {
    let mut exclusive = heap.map_lock.acquire(heap)?;
    let mut records = Record::all(heap)?;
    // Each process has a slot, and this one's says nothing yet: as many records as slots are too many.
    if records.len() >= directory::slots(heap)?.len()
        && !records
            .iter()
            .any(|record| record.pid == 0 || record.is_of(identity))
    {
        let own = identity.pid_namespace;
        records.retain(|record| record.is_gone(own));
        bury(&mut exclusive, &records)?;
        records = Record::all(heap)?;
    }
    let known = records.iter().find(|record| record.is_of(identity));
    let free = records.iter().find(|record| record.pid == 0);
    let mut transaction = exclusive.transaction();
    let number = match known.or(free) {
        Some(found) => found.number,
        None => records.len() as u32,
    };
    if known.is_none() {
        let place = match free {
            Some(free) => free.place,
            None => {
                let place = Allocator::allocate_in_heap(&mut transaction, record::WORDS)?;
                heap.clear_tail(place, record::WORDS)?;
                table::append(
                    &mut transaction,
                    header::PROCESS_TABLE,
                    header::PROCESS_COUNT,
                    place,
                )?;
                place
            }
        };
        transaction.set(place + record::PID_NAMESPACE, identity.pid_namespace)?;
        transaction.set(place + record::START, identity.start_time)?;
        transaction.set(place + record::PID, u64::from(identity.pid))?;
    }
    transaction.set(at + slot::PROCESS, u64::from(number) + 1)?;
    transaction.commit()
}

/// Notes the CPU time of this process, which gives up the slot at `at`: it may be about to end.
pub(crate) fn sign_off(heap: &Heap, at: Place) -> Result<()> {
    let Some(number) = heap.load(at + slot::PROCESS)?.checked_sub(1) else {
        return Ok(());
    };
    let Some(usage) = process::read_usage(std::process::id()) else {
        return Ok(());
    };
    let _exclusive = heap.map_lock.acquire(heap)?;
    let record = Record::read(heap, number as u32)?;
    // Another process has the record if this one's slot was taken for dead, as when its lease was removed by hand.
    if record.pid == std::process::id() {
        record.raise(heap, &usage)?;
    }
    Ok(())
}

/// Reads what the processes use, from the kernel.
///
/// ```
/// use mpmetrics_core::{HeapOptions, Writer, processes};
/// let writer = Writer::attach(&HeapOptions::default(), 0)?;
/// let together = processes::read(writer.heap())?;
/// if cfg!(target_os = "linux") {
///     assert_eq!(together.attached[0].pid, std::process::id());
/// }
/// # Ok::<(), mpmetrics_core::Error>(())
/// ```
pub fn read(heap: &Heap) -> Result<Processes> {
    let own = process::identity().pid_namespace;
    let mut attached = Vec::new();
    let mut seen = Vec::new();
    let mut absent = Vec::new();
    let live = live(heap)?;
    for record in Record::all(heap)?
        .into_iter()
        .filter(|record| record.pid != 0)
    {
        let is_near = record.pid_namespace == own;
        if !live.contains(&record.number) {
            absent.extend(record.is_gone(own).then_some(record));
        } else if is_near && let Some(usage) = usage_of(&record) {
            attached.push(Attached {
                pid: record.pid,
                usage: usage.clone(),
            });
            seen.push((record, usage));
        }
    }
    // Without the lock the records stay as they are, and the figures are of the last time.
    let mut exclusive = match heap.map_lock.acquire(heap) {
        Ok(exclusive) => Some(exclusive),
        Err(error) if error.is_shortage() => None,
        Err(error) => return Err(error),
    };
    if let Some(exclusive) = &mut exclusive {
        for (record, usage) in seen {
            if Record::read(heap, record.number)? == record {
                record.raise(heap, &usage)?;
            }
        }
        bury(exclusive, &absent)?;
    }
    // Still under the lock, if it is held: nobody raises a record meanwhile.
    sum(heap, attached)
}

fn sum(heap: &Heap, attached: Vec<Attached>) -> Result<Processes> {
    let mut together = Processes {
        user_seconds: heap.load_f64(header::GONE_USER)?,
        system_seconds: heap.load_f64(header::GONE_SYSTEM)?,
        attached,
    };
    for record in Record::all(heap)? {
        together.user_seconds += heap.load_f64(record.place + record::USER)?;
        together.system_seconds += heap.load_f64(record.place + record::SYSTEM)?;
    }
    Ok(together)
}

/// What the process uses, if it still is the one that the record is about.
fn usage_of(record: &Record) -> Option<Usage> {
    let usage = process::read_usage(record.pid)?;
    // Afterwards: were the pid another process's by now, it would show here.
    let found = process::identity_of(record.pid)?;
    record.is_of(&found).then_some(usage)
}

/// The numbers of the records whose processes hold a slot.
fn live(heap: &Heap) -> Result<Vec<u32>> {
    let mut live = Vec::new();
    for (number, at) in (0..).zip(directory::slots(heap)?) {
        if let Some(record) = heap.load(at + slot::PROCESS)?.checked_sub(1)
            && !live.contains(&(record as u32))
            && lease::probe(heap, number, at)? != Lease::Free
        {
            live.push(record as u32);
        }
    }
    Ok(live)
}

/// Moves the CPU time of processes that are gone to the total, and frees their records.
fn bury(exclusive: &mut Exclusive, gone: &[Record]) -> Result<()> {
    if gone.is_empty() {
        return Ok(());
    }
    let heap = exclusive.heap;
    // Again, since they may have attached before the lock was taken.
    let live = live(heap)?;
    for record in gone {
        if live.contains(&record.number) || Record::read(heap, record.number)? != *record {
            continue;
        }
        let mut transaction = exclusive.transaction();
        for (total, word) in [
            (header::GONE_USER, record::USER),
            (header::GONE_SYSTEM, record::SYSTEM),
        ] {
            let [before, more] = [
                transaction.get(total)?,
                transaction.get(record.place + word)?,
            ]
            .map(f64::from_bits);
            transaction.set(total, (before + more).to_bits())?;
            transaction.set(record.place + word, 0)?;
        }
        transaction.set(record.place + record::PID, 0)?;
        transaction.commit()?;
    }
    Ok(())
}
